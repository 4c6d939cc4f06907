{# Condition: `version`, an alias of a dimension with history, is valid at `moment`. #}
{% macro valid_at(version, moment) -%}
    {{ moment }} >= {{ version }}.valid_from and {{ moment }} < {{ version }}.valid_to
{%- endmacro %}
