{# True where `column` is one of `days`. They are listed while they are few and given as a range when they are many: a
   plan with thousands of literals is slower than one that reads a partition too many. #}
{% macro is_among_days(column, days) -%}
    {%- if days | length == 0 -%}
        false
    {%- elif days | length <= 400 -%}
        {{ column }} in ({% for day in days | sort %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
        {{ column }} between date '{{ days | min }}' and date '{{ days | max }}'
    {%- endif -%}
{%- endmacro %}
