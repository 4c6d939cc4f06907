{# The chunks in which a model that reads a bronze event table is made, as the run planned them (jobs/nightly/chunks.py);
   one chunk of everything where it planned none. Each has `of_bronze` and `of_table`, conditions on the rows of bronze
   and of the model's table (`existing`), `of_arrivals`, what says when its rows arrived (`existing`), and `is_new`: none of
   them arrived before the table was last written.

   A plan for all of bronze is for tables that do not exist yet, and one for arrivals or days for those that do. #}
{% macro chunks_of_run(is_new_table) -%}
    {%- set plan = run_setting('chunks').get(bronze_of_model()) -%}
    {%- set everything = [{'of_bronze': 'true', 'of_table': 'true', 'is_new': false}] -%}
    {%- if not plan or (plan['kind'] == 'all') != is_new_table -%}
        {{ return(everything) }}
    {%- endif -%}
    {%- set chunks = [] -%}
    {%- for chunk in plan['chunks'] -%}
        {%- for slice in range(chunk['slices']) -%}
            {%- do chunks.append(chunk_conditions(chunk, slice)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(chunks) }}
{%- endmacro %}

{# True where the run has planned chunks of days for the model. #}
{% macro is_made_by_days() -%}
    {%- set plans = run_setting('chunks') -%}
    {{ return(plans != {} and plans.get(bronze_of_model(), {}).get('kind') == 'days') }}
{%- endmacro %}

{# Name of the bronze event table that the model is made of; none if it is made of others. #}
{% macro bronze_of_model() -%}
    {%- set names = model.depends_on.nodes | map('replace', 'model.telecom.bronze_', '') | list -%}
    {{ return(names | select('in', run_setting('chunks').keys()) | first | default(none)) }}
{%- endmacro %}

{# A chunk of the plan as conditions, for one of its slices. #}
{% macro chunk_conditions(chunk, slice) -%}
    {%- set of_arrivals = [] -%}
    {%- if chunk.get('since') -%}
        {%- do of_arrivals.append("_bronze_ingested_at >= timestamp '" ~ chunk['since'] ~ " UTC'") -%}
    {%- endif -%}
    {%- if chunk.get('until') -%}
        {%- do of_arrivals.append("_bronze_ingested_at < timestamp '" ~ chunk['until'] ~ " UTC'") -%}
    {%- endif -%}
    {%- set of_bronze, of_table = of_arrivals[:], [] -%}
    {%- if 'days' in chunk -%}
        {%- do of_bronze.append(bronze_rows_of_days(chunk['days'])) -%}
        {%- do of_table.append(is_among_days('existing.event_date', chunk['days'])) -%}
    {%- endif -%}
    {%- if chunk['slices'] > 1 -%}
        {%- do of_bronze.append(in_slice('event_id', slice, chunk['slices'])) -%}
        {%- do of_table.append(in_slice('existing.event_id', slice, chunk['slices'])) -%}
    {%- endif -%}
    {{ return({
        'of_bronze': of_bronze | join(' and ') or 'true',
        'of_table': of_table | join(' and ') or 'true',
        'of_arrivals': 'existing.' ~ (of_arrivals | join(' and existing.')) if of_arrivals else 'true',
        'is_new': chunk.get('is_new', false),
    }) }}
{%- endmacro %}

{# Rows of one of `count` slices: all copies of an event are in the same one. #}
{% macro in_slice(event_id, number, count) -%}
    bitwise_and({{ event_id_hash(event_id) }}, 9223372036854775807) % {{ count }} = {{ number }}
{%- endmacro %}
