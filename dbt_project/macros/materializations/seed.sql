{# A seed is loaded only when its file has changed: the file's checksum is kept as the table's comment. #}
{% materialization seed, adapter='trino' -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set loaded = none if load_cached_relation(this) is none or should_full_refresh() else table_comment(target) -%}
    {%- set rows = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
    {%- if loaded == model.checksum.checksum -%}
        {%- call noop_statement('main', 'UNCHANGED') -%}{%- endcall -%}
    {%- else -%}
        {%- do trino__create_csv_table(model, rows, 'replace') -%}
        {%- set insert = load_csv_rows(model, rows) -%}
        {%- call statement('main') -%}
            comment on table {{ target }} is '{{ model.checksum.checksum }}'
        {%- endcall -%}
    {%- endif -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
