{# Rows of the months that the run's rows fall into, in a gold table whose `month_column` is a month's first day. #}
{% macro monthly_rows_of_touched_months(month_column) -%}
    {%- if has_touched_days() -%}
        {{ is_among_days(month_column, months_of(run_setting('touched_days'))) }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
