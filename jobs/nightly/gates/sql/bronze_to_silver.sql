-- Every row of bronze is in silver, in quarantine or a copy. Copies are counted by what they are (the same event id at
-- another position), not by subtraction. After a topic was rebuilt, another arrival is another position.
select
    concat('bronze.{topic} on ', cast(event_date as varchar)) as subject,
    cast(abs(sum(arrived) - sum(copies) - sum(accepted) - sum(rejected)) as double) as value,
    concat(
        cast(sum(arrived) as varchar), ' rows in bronze, ', cast(sum(accepted) as varchar), ' in silver, ',
        cast(sum(copies) as varchar), ' copies, ', cast(sum(rejected) as varchar), ' in quarantine'
    ) as detail
from (
    select
        arrived.event_date,
        count(*) as arrived,
        count_if(
            (accepted._kafka_partition, accepted._kafka_offset, accepted._bronze_ingested_at)
            <> (arrived._kafka_partition, arrived._kafka_offset, arrived._bronze_ingested_at)
        ) as copies,
        0 as accepted,
        0 as rejected
    from (
        select
            event_id, cast(event_time at time zone $time_zone as date) as event_date,
            _kafka_partition, _kafka_offset, _bronze_ingested_at
        from $bronze_{topic} where $at_touched_times
    ) as arrived
    left join (
        select event_id, _kafka_partition, _kafka_offset, _bronze_ingested_at
        from $silver_{silver} where {where_accepted}
    ) as accepted
        on accepted.event_id = arrived.event_id
    group by arrived.event_date
    union all
    select event_date, 0, 0, count(*), 0 from $silver_{silver} where $on_touched_days group by event_date
    union all
    select event_date, 0, 0, 0, count(*) from $silver_{silver}_quarantine where $on_touched_days group by event_date
)
group by event_date
having sum(arrived) - sum(copies) - sum(accepted) - sum(rejected) <> 0
