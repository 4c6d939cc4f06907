{# Integer key of a day: yyyymmdd. #}
{% macro date_key(day) -%}
    cast(date_format({{ day }}, '%Y%m%d') as integer)
{%- endmacro %}
