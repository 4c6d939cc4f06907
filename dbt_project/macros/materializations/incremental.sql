{# How incremental models are built, in place of the adapter's way (a temporary table and a dozen statements): one look
   at the table's columns, then one atomic MERGE (`bounded_merge`), or nothing where `build_origin` says that the table
   was built from the same input already. The contract is checked when a table is created; later the MERGE names its
   columns and the table holds its types. #}
{% materialization incremental, adapter='trino', supported_languages=['sql'] -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set origin = build_origin() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is none or should_full_refresh() -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, target, compiled_code, 'replace') }}
        {%- endcall -%}
        {%- do note_origin(target, origin) -%}
    {%- elif is_built_from(target, origin) -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {%- else -%}
        {%- do add_new_columns(target) -%}
        {%- call statement('main') -%}
            {{ bounded_merge(target, compiled_code) }}
        {%- endcall -%}
        {%- do note_origin(target, origin) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{# Add the columns that the model's contract has and the table lacks. Existing rows are null until a run
   works on them. #}
{% macro add_new_columns(target) -%}
    {%- set present = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- for column in model.columns.values() if column.name not in present -%}
        {%- do run_query('alter table ' ~ target ~ ' add column ' ~ column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
{%- endmacro %}
