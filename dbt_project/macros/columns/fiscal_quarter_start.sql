{# First day of the fiscal quarter that `day` lies in. #}
{% macro fiscal_quarter_start(day) -%}
    {%- set shift = (13 - run_setting('fiscal_year_first_month')) % 12 -%}
    cast(date_add('month', -{{ shift }}, date_trunc('quarter', date_add('month', {{ shift }}, {{ day }}))) as date)
{%- endmacro %}
