{# Rows of any layer that arrived in bronze in the run's window, or are made of such a row. #}
{% macro arrived_in_window() -%}
    _bronze_ingested_at >= cast({{ window_start() }} as timestamp(6) with time zone)
{%- endmacro %}
