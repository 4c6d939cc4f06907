{# Events of the run that fail a check: where they are in Kafka, and why they were rejected. #}
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
    from (select *, {{ rejection_reasons }} as reasons from {{ bronze }} where {{ bronze_events_of_run() }})
    where cardinality(reasons) > 0
{%- endmacro %}
