{# Rows of the months that the run's days lie in, in a gold table whose `month_column` is a month's first day. #}
{% macro monthly_rows_of_touched_months(month_column) -%}
    {%- set days = days_of_run() -%}
    {%- if days is none -%} true {%- else -%} {{ is_among_days(month_column, months_of(days)) }} {%- endif -%}
{%- endmacro %}
