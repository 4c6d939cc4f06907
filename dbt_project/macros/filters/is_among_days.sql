{# True where `column` is one of `days`. `bronze_rows_of_days` reads the same series of days: were the days that a merge
   may delete more than those that it reads, the rows of the others would be lost. #}
{% macro is_among_days(column, days) -%}
    {%- if days | length == 0 -%}
        false
    {%- else -%}
        (
        {%- for first, last in unbroken(days) -%}
            {{ column }} between date '{{ first }}' and date '{{ last }}'{{ ' or ' if not loop.last }}
        {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
