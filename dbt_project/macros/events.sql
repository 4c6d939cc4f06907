{# The bronze table a run reads: pinned to the run's snapshot when it names one. #}
{% macro bronze_table(name) -%}
    {%- set snapshot = run_setting('bronze_snapshots').get(name) -%}
    {{ source('bronze', name) }}{% if snapshot %} for version as of {{ snapshot }}{% endif %}
{%- endmacro %}

{# First arrival of every event that passes its checks. Copies (same event id) and rejected rows are left out; the
   rejected ones are in the quarantine table. #}
{% macro accepted_events(bronze, rejection_reasons) -%}
    select * from (
        select
            *,
            cast(event_time at time zone 'UTC' as date) as event_date,
            row_number() over (
                partition by event_id order by _bronze_ingested_at, _kafka_partition, _kafka_offset
            ) as arrival_number
        from {{ bronze }}
        where {{ event_rows_to_process() }} and cardinality({{ rejection_reasons }}) = 0
    )
    where arrival_number = 1
{%- endmacro %}

{# Rows that fail a check: where they lie in bronze, and why. #}
{% macro rejected_events(bronze, rejection_reasons) -%}
    select
        _kafka_topic as kafka_topic,
        _kafka_partition as kafka_partition,
        _kafka_offset as kafka_offset,
        event_id,
        event_time,
        cast(event_time at time zone 'UTC' as date) as event_date,
        reasons[1] as reason,
        array_join(reasons, ', ') as all_reasons,
        _bronze_ingested_at
    from (select *, {{ rejection_reasons }} as reasons from {{ bronze }} where {{ event_rows_to_process() }})
    where cardinality(reasons) > 0
{%- endmacro %}

{# Rows of bronze that a run works on. Bronze is partitioned by day of event_time and has no event_date. #}
{% macro event_rows_to_process() -%}
    {%- if is_backfill() -%}
        event_time >= timestamp '{{ run_setting('backfill_from') }} 00:00:00 UTC' and event_time < timestamp '{{ run_setting('backfill_until') }} 00:00:00 UTC'
    {%- else -%}
        {{ new_changes() }}
    {%- endif -%}
{%- endmacro %}
