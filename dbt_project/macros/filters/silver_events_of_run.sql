{# Rows of a silver event table that a run works on: in a backfill its range of event days, in a first run all,
   otherwise what arrived in the run's window. Late events are found by arrival, not by event time, so each changes its
   own day. #}
{% macro silver_events_of_run() -%}
    {%- if is_backfill() -%}
        event_date >= date '{{ run_setting('backfill_from') }}'
        and event_date < date '{{ run_setting('backfill_until') }}'
    {%- elif is_incremental() -%}
        {{ arrived_in_window() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
