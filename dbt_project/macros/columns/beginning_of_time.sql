{# Where the validity of what was valid before our data begins starts. #}
{% macro beginning_of_time() -%}
    timestamp '1970-01-01 00:00:00.000000 UTC'
{%- endmacro %}
