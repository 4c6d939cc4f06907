{# Rows of any layer that arrived in bronze in the run's window, or are made of such a row. A run that was not told its
   window looks `lookback_days` back. #}
{% macro arrived_in_window() -%}
    {%- if run_setting('window_start') -%}
        _bronze_ingested_at >= timestamp '{{ run_setting('window_start') }} 00:00:00.000000 UTC'
    {%- else -%}
        _bronze_ingested_at >= cast(
            date_add('day', -{{ run_setting('lookback_days') }}, {{ run_date() }}) as timestamp(6) with time zone
        )
    {%- endif -%}
{%- endmacro %}
