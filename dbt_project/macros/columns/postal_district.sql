{# The first characters of a postal code, three at most, and never its last two: three digits name a district, five may
   name a household. #}
{% macro postal_district(column) -%}
    substr({{ column }}, 1, greatest(0, least(3, length({{ column }}) - 2)))
{%- endmacro %}
