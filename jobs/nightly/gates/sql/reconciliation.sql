with counted as (
    select
        'silver' as layer, event_date, count(*) as calls, bigint '0' as copies,
        sum(duration_seconds) as seconds, sum(revenue_usd) as revenue
    from $silver_silver_calls where $on_touched_days group by event_date
    union all
    select 'gold', event_date, count(*), 0, sum(duration_seconds), sum(revenue_usd)
    from $gold_fact_calls where $on_touched_days group by event_date
    union all
    select 'summed', event_date, 0, 0, sum(call_seconds), sum(call_revenue_usd)
    from $gold_agg_region_daily_revenue where $on_touched_days group by event_date
    union all
    select 'quarantine', event_date, count(*), 0, 0, decimal '0'
    from $silver_silver_calls_quarantine where $on_touched_days group by event_date
    union all
    -- Copies are counted by what they are (the same event id at another position), not by subtraction.
    select
        'bronze', arrived.event_date, count(*),
        count_if((accepted._kafka_partition, accepted._kafka_offset) <> (arrived._kafka_partition, arrived._kafka_offset)),
        0, decimal '0'
    from (
        select event_id, cast(event_time at time zone 'UTC' as date) as event_date, _kafka_partition, _kafka_offset
        from $bronze_call_events where $at_touched_times
    ) as arrived
    left join (
        select event_id, event_date, _kafka_partition, _kafka_offset from $silver_silver_calls where $on_touched_days
    ) as accepted
        on accepted.event_id = arrived.event_id and accepted.event_date = arrived.event_date
    group by arrived.event_date
),

by_day as (
    select
        cast(event_date as varchar) as day,
        coalesce(sum(calls) filter (where layer = 'bronze'), 0) as arrived,
        sum(copies) as copies,
        coalesce(sum(calls) filter (where layer = 'quarantine'), 0) as rejected,
        coalesce(sum(calls) filter (where layer = 'silver'), 0) as accepted,
        coalesce(sum(calls) filter (where layer = 'gold'), 0) as facts,
        coalesce(sum(revenue) filter (where layer = 'silver'), 0) as accepted_revenue,
        coalesce(sum(revenue) filter (where layer = 'gold'), 0) as fact_revenue,
        coalesce(sum(revenue) filter (where layer = 'summed'), 0) as summed_revenue,
        coalesce(sum(seconds) filter (where layer = 'gold'), 0) as fact_seconds,
        coalesce(sum(seconds) filter (where layer = 'summed'), 0) as summed_seconds
    from counted
    group by event_date
)

select concat(table_name, ' on ', day) as subject, value, detail
from by_day
cross join unnest(
    array['gold.fact_calls', 'gold.agg_region_daily_revenue', 'bronze.call_events'],
    array[
        cast(abs(accepted - facts) as double) + cast(abs(accepted_revenue - fact_revenue) as double),
        cast(abs(fact_seconds - summed_seconds) as double) + cast(abs(fact_revenue - summed_revenue) as double),
        cast(abs(arrived - copies - accepted - rejected) as double)
    ],
    array[
        concat(cast(accepted as varchar), ' calls in silver, ', cast(facts as varchar), ' in gold'),
        concat(cast(fact_revenue as varchar), ' USD in fact_calls, ', cast(summed_revenue as varchar), ' summed'),
        concat(
            cast(arrived as varchar), ' rows in bronze, ', cast(accepted as varchar), ' in silver, ',
            cast(copies as varchar), ' copies, ', cast(rejected as varchar), ' in quarantine'
        )
    ]
) as readings (table_name, value, detail)
