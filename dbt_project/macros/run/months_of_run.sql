{# First days (YYYY-MM-01) of the months that a run makes again in a gold table: those of its days, and those at whose end
   customers turned out to be something else; none means all. #}
{% macro months_of_run() -%}
    {%- set days = days_of_run() -%}
    {{ return(none if days is none else months_of(days + run_setting('gold_months'))) }}
{%- endmacro %}
