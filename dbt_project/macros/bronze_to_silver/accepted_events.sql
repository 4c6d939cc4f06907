{# First arrival of every event of the run that passes all `checks`, in the columns of `bronze` and `event_date`. Copies
   (same event id) and rejected rows are left out; the rejected ones are in the quarantine table.

   To rank rows, the engine has to hold them. Few ids come twice, so ids are counted first, by their hashes, and only rows
   of those that may come twice are ranked. #}
{% macro accepted_events(bronze, checks) -%}
    select *, {{ event_day('event_time') }} as event_date
    from (
        select *, 1 as arrival_number
        from {{ bronze }}
        where {{ bronze_events_of_run() }} and not {{ may_come_twice(bronze) }} and {{ passes(checks) }}
        union all
        select
            *,
            row_number() over (
                partition by event_id order by _bronze_ingested_at, _kafka_partition, _kafka_offset
            ) as arrival_number
        from {{ bronze }}
        where {{ bronze_events_to_rank() }} and {{ may_come_twice(bronze) }} and {{ passes(checks) }}
    )
    where arrival_number = 1 and {{ bronze_rows_of_chunk() }} and {{ is_on_no_other_day(bronze) }}
{%- endmacro %}

{# Rows among which the first arrival of an event is looked for: those that the statement works on and, where it makes
   some of the run's days, those of its other days too. An event that names two days may be in the chunks of both. #}
{% macro bronze_events_to_rank() -%}
    {{ bronze_events_of_days() if is_made_by_days() else bronze_events_of_run() }}
{%- endmacro %}

{# Condition: another row to be ranked has the event's id, or its hash. Only hashes of the chunk are counted. #}
{% macro may_come_twice(bronze) -%}
    {{ event_id_hash() }} in (
        select {{ event_id_hash() }} from {{ bronze }}
        where
            {{ bronze_events_to_rank() }}
            {%- if is_made_by_days() %}
            and {{ event_id_hash() }} in (
                select {{ event_id_hash() }} from {{ bronze }} where {{ bronze_events_of_run() }}
            )
            {%- endif %}
        group by 1
        having count(*) > 1
    )
{%- endmacro %}

{# Condition: the model's table does not have the event on a day that the run leaves as it is. An event may say another
   day when it is sent again, and counts once all the same. Of those days nothing is read but the ids, and only ids of
   the run's own rows are kept, so a long history costs time and no memory. #}
{% macro is_on_no_other_day(bronze) -%}
    {%- if days_of_run() is none -%}
        true
    {%- else -%}
        event_id not in (
            select event_id from {{ this }}
            where
                not {{ rows_of_touched_days() }}
                and event_id in (select event_id from {{ bronze }} where {{ bronze_events_of_run() }})
        )
    {%- endif -%}
{%- endmacro %}
