{# The day that the run is for, as an SQL date: yesterday where it was not told. #}
{% macro run_date() -%}
    {%- if run_setting('run_date') -%}
        date '{{ run_setting('run_date') }}'
    {%- else -%}
        date_add('day', -1, {{ event_day('current_timestamp') }})
    {%- endif -%}
{%- endmacro %}
