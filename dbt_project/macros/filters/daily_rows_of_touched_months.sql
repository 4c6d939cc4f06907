{# Rows of the months that the run makes again, in a gold table by day: what is summed per month is summed from the
   whole month. #}
{% macro daily_rows_of_touched_months() -%}
    {%- set months = months_of_run() -%}
    {%- if months is none -%}
        true
    {%- else -%}
        (
        {%- for month in months %}
            (event_date >= date '{{ month }}' and event_date < date_add('month', 1, date '{{ month }}'))
            {{- ' or' if not loop.last }}
        {%- else %} false
        {%- endfor -%}
        )
    {%- endif -%}
{%- endmacro %}
