{# The day that the run is for, as an SQL date. #}
{% macro run_date() -%}
    {%- if run_setting('run_date') -%} date '{{ run_setting('run_date') }}' {%- else -%} current_date {%- endif -%}
{%- endmacro %}
