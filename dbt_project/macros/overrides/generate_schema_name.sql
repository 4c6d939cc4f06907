{# In place of dbt's own: schemas are the layers' names, without a prefix: bronze, silver, gold. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
