{# In place of dbt's own: `where: arrived_in_window` is the filter of that name, which bounds a test to the rows that a
   run works on. A nightly test must not read all of history. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where', '') -%}
    {%- if where == 'arrived_in_window' -%}
        (select * from {{ relation }} where {{ arrived_in_window() }}) as tested
    {%- elif where -%}
        (select * from {{ relation }} where {{ where }}) as tested
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
