{# Rows of a bronze event table that a run works on: in a backfill its range of event days, in a first run all,
   otherwise what silver does not have yet. Bronze is partitioned by day of `event_time` and has no `event_date`. #}
{% macro bronze_events_of_run() -%}
    {%- if is_backfill() -%}
        event_time >= timestamp '{{ run_setting('backfill_from') }} 00:00:00 UTC'
        and event_time < timestamp '{{ run_setting('backfill_until') }} 00:00:00 UTC'
    {%- elif is_incremental() -%}
        {{ new_to_silver() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
