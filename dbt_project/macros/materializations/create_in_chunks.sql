{# Create the table with all that the model's query yields. With more than one chunk, it is empty first. #}
{% macro create_in_chunks(target, chunks) -%}
    {%- set is_whole = chunks | length == 1 -%}
    {%- set query = compiled_code if is_whole else 'select * from (' ~ compiled_code ~ ') where false' -%}
    {%- call statement('main') -%} {{ create_table_as(False, target, query, 'replace') }} {%- endcall -%}
    {%- for chunk in chunks if not is_whole -%}
        {%- do run_chunk(insert_new_rows(target, compiled_code, chunk), chunk, loop) -%}
    {%- endfor -%}
{%- endmacro %}

{# Make the table equal the model's query, a chunk at a time. #}
{% macro merge_in_chunks(target, chunks) -%}
    {%- set is_whole = chunks | length == 1 -%}
    {%- for chunk in chunks -%}
        {%- set sql -%}
            {%- if chunk['is_new'] -%} {{ insert_new_rows(target, compiled_code, chunk) }}
            {%- else -%} {{ bounded_merge(target, compiled_code, retracts_accepted=is_whole) }}
            {%- endif -%}
        {%- endset -%}
        {%- do run_chunk(sql, chunk, loop) -%}
    {%- endfor -%}
    {%- if config.get('accepted_in') and not is_whole -%}
        {%- call statement('retraction') -%}
            delete from {{ target }} where {{ has_been_accepted(target, 'event_id') }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{# Run the statement `sql` for one chunk, and say so where there are several. #}
{% macro run_chunk(sql, chunk, loop) -%}
    {%- if loop.length > 1 -%}
        {%- do log(this.identifier ~ ': chunk ' ~ loop.index ~ ' of ' ~ loop.length, info=true) -%}
    {%- endif -%}
    {%- call statement('main') -%} {{ with_chunk(sql, chunk['of_bronze'], chunk['of_table']) }} {%- endcall -%}
{%- endmacro %}

{# INSERT of the rows of a chunk that the table does not have. It is for chunks of which no row can stand in for one that
   the table has, because all of them arrived later. #}
{% macro insert_new_rows(target, sql, chunk) -%}
    {%- set columns = model.columns.values() | map(attribute='name') | join(', ') -%}
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from ({{ sql }}) as made
    where {{ is_missing(target, key_columns(), chunk) }}
{%- endmacro %}

{# Condition on `made`: the table does not have the row. Of the table, only ids of the chunk's events are kept in memory;
   a key with the arrival in it is looked for among rows that arrived when the chunk did. #}
{% macro is_missing(target, keys, chunk) -%}
    {%- if keys == ['event_id'] -%}
        made.event_id not in (
            select existing.event_id
            from {{ target }} as existing
            where
                {{ rows_of_touched_days('existing.event_date') }}
                and existing.event_id in (
                    select event_id from {{ ref('bronze_' ~ bronze_of_model()) }} where {{ bronze_events_of_run() }}
                )
        )
    {%- else -%}
        not exists (
            select 1
            from {{ target }} as existing
            where
                {{ chunk['of_arrivals'] }}
                {%- for key in keys %} and existing.{{ key }} = made.{{ key }}{% endfor %}
        )
    {%- endif -%}
{%- endmacro %}
