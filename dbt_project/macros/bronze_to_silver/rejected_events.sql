{# Events of the run that fail a check: where they are in Kafka, and why they were rejected. A rejected row of an event
   that `accepted`, the silver table, has on any day is a copy and left out: an event is in silver or in quarantine. Of
   all days of silver only the ids are read, and only those of rejected rows are kept. #}
{% macro rejected_events(bronze, checks, accepted) -%}
    select
        rejected.kafka_topic,
        rejected.kafka_partition,
        rejected.kafka_offset,
        rejected.event_id,
        rejected.event_time,
        rejected.event_date,
        rejected.reasons[1] as reason,
        array_join(rejected.reasons, ', ') as all_reasons,
        rejected._bronze_ingested_at
    from (
        select
            _kafka_topic as kafka_topic,
            _kafka_partition as kafka_partition,
            _kafka_offset as kafka_offset,
            event_id,
            event_time,
            {{ event_day('event_time') }} as event_date,
            {{ rejection_reasons(checks) }} as reasons,
            _bronze_ingested_at
        from {{ bronze }}
        where {{ bronze_events_of_run() }} and not {{ passes(checks) }}
    ) as rejected
    left join (
        select event_id from {{ accepted }}
        where event_id in (
            select event_id from {{ bronze }}
            where {{ bronze_events_of_run() }} and not {{ passes(checks) }}
        )
    ) as accepted
        on accepted.event_id = rejected.event_id
    where accepted.event_id is null
{%- endmacro %}
