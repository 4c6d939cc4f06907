{# First arrival of every event of the run that passes its checks, in the columns of `bronze` and `event_date`. Copies
   (same event id) and rejected rows are left out; the rejected ones are in the quarantine table. #}
{% macro accepted_events(bronze, rejection_reasons) -%}
    select * from (
        select
            *,
            {{ event_day('event_time') }} as event_date,
            row_number() over (
                partition by event_id order by _bronze_ingested_at, _kafka_partition, _kafka_offset
            ) as arrival_number
        from {{ bronze }}
        where {{ bronze_events_of_run() }} and cardinality({{ rejection_reasons }}) = 0
    )
    where arrival_number = 1
{%- endmacro %}
