{# True where `column` is one of `days`. They are listed while they are few and given as ranges when they are many: a plan
   with thousands of literals is slower. `bronze_rows_of_days` reads the same ranges. Were the days that a merge may
   delete more than those it reads, the rows of the others would be lost. #}
{% macro is_among_days(column, days) -%}
    {%- if days | length == 0 -%}
        false
    {%- elif days | length <= 400 -%}
        {{ column }} in ({% for day in days | sort %}date '{{ day }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
        (
        {%- for first, last in unbroken(days) -%}
            {{ column }} between date '{{ first }}' and date '{{ last }}'{{ ' or ' if not loop.last }}
        {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
