{# Rows of the months that the run's rows fall into, in a gold table by day: what is summed per month is summed from
   the whole month. #}
{% macro daily_rows_of_touched_months() -%}
    {%- if has_touched_days() -%}
        (
        {%- for month in months_of(run_setting('touched_days')) %}
            (event_date >= date '{{ month }}' and event_date < date_add('month', 1, date '{{ month }}'))
            {{- ' or' if not loop.last }}
        {%- else %} false
        {%- endfor -%}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
