{# How incremental models are built, in place of the adapter's way (a temporary table and a dozen statements): one look
   at the table's columns, then one atomic MERGE (`bounded_merge`), or nothing where `build_origin` says that the table
   was built from the same input already. What is more than the engine can hold is made in chunks (`chunks_of_run`), each
   by an atomic statement of its own; made again, a chunk changes nothing. The contract is checked when a table is created; later the MERGE names its
   columns and the table holds its types. #}
{% materialization incremental, adapter='trino', supported_languages=['sql'] -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set origin = build_origin() -%}
    {{ run_hooks(pre_hooks) }}
    {%- set is_new = existing is none or should_full_refresh() -%}
    {%- if not is_new and is_built_from(target, origin) -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {%- else -%}
        {%- set new_columns = [] if is_new else missing_columns(target) -%}
        {%- if is_new or is_outgrown(new_columns) -%}
            {%- do create_in_chunks(target, chunks_of_run(true)) -%}
        {%- else -%}
            {%- do add_columns(target, new_columns) -%}
            {%- do merge_in_chunks(target, chunks_of_run(false)) -%}
        {%- endif -%}
        {%- do note_origin(target, origin) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{# Columns that the model's contract has and the table lacks. #}
{% macro missing_columns(target) -%}
    {%- set present = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {{ return(model.columns.values() | rejectattr('name', 'in', present) | list) }}
{%- endmacro %}

{# True for a table whose rows cannot be told apart by the model's key, because it lacks a column of it, and whose query
   yields all rows: the table is replaced. #}
{% macro is_outgrown(new_columns) -%}
    {%- set lacking = new_columns | map(attribute='name') | select('in', key_columns()) | list -%}
    {{ return(lacking != [] and not config.get('bound_by') and not is_partial()) }}
{%- endmacro %}

{# Add columns to a table. Existing rows are null in them until a run works on them; in a column of the key, which is
   never null, they are the unknown member's. #}
{% macro add_columns(target, columns) -%}
    {%- for column in columns -%}
        {%- do run_query('alter table ' ~ target ~ ' add column ' ~ column.name ~ ' ' ~ column.data_type) -%}
        {%- if column.name in key_columns() -%}
            {%- do run_query(
                'update ' ~ target ~ ' set ' ~ column.name ~ " = '" ~ var('unknown_member') ~ "' where true"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
