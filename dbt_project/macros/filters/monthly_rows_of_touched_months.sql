{# Rows of the months that the run makes again, in a gold table whose `month_column` is a month's first day. #}
{% macro monthly_rows_of_touched_months(month_column) -%}
    {%- set months = months_of_run() -%}
    {%- if months is none -%} true {%- else -%} {{ is_among_days(month_column, months) }} {%- endif -%}
{%- endmacro %}
