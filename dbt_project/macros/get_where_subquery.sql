{# `where: recently_ingested` bounds a test to the rows a run touched: a nightly test must not read all of history. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- if where == 'recently_ingested' -%}
        (select * from {{ relation }} where {{ recently_ingested() }}) as tested
    {%- elif where -%}
        (select * from {{ relation }} where {{ where }}) as tested
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
