{# Where the validity of what is valid now ends. #}
{% macro end_of_time() -%}
    timestamp '9999-12-31 00:00:00.000000 UTC'
{%- endmacro %}
