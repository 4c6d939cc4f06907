{# Checks of every event with a position. #}
{% macro position_checks() -%}
    {{ return([('position_off_the_map', "latitude between -90 and 90 and longitude between -180 and 180")]) }}
{%- endmacro %}
