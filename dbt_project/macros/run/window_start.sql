{# First arrival day of the run's window, as an SQL date: `lookback_days` before the run's date where it was not told. #}
{% macro window_start() -%}
    {%- if run_setting('window_start') -%}
        date '{{ run_setting('window_start') }}'
    {%- else -%}
        date_add('day', -{{ run_setting('lookback_days') }}, {{ run_date() }})
    {%- endif -%}
{%- endmacro %}
