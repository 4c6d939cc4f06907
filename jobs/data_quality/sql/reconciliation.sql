with silver as (
    select event_date, count(*) as calls, sum(duration_seconds) as seconds, sum(revenue_usd) as revenue
    from $silver_silver_calls
    where $on_touched_days
    group by event_date
),

gold as (
    select event_date, count(*) as calls, sum(duration_seconds) as seconds, sum(revenue_usd) as revenue
    from $gold_fact_calls
    where $on_touched_days
    group by event_date
),

summed as (
    select event_date, sum(call_count) as calls, sum(call_seconds) as seconds, sum(call_revenue_usd) as revenue
    from $gold_agg_region_daily_revenue
    where $on_touched_days
    group by event_date
),

-- Copies are counted by what they are (the same event id at another position), not by subtraction.
bronze_calls as (
    select
        count(*) as arrived,
        count_if(accepted.event_id is not null and (accepted._kafka_partition, accepted._kafka_offset) <> (arrived._kafka_partition, arrived._kafka_offset)) as copies
    from (select event_id, event_time, _kafka_partition, _kafka_offset from $bronze_call_events where $at_touched_times) as arrived
    left join (
        select event_id, event_date, _kafka_partition, _kafka_offset from $silver_silver_calls where $on_touched_days
    ) as accepted
        on accepted.event_id = arrived.event_id
        and accepted.event_date = cast(arrived.event_time at time zone 'UTC' as date)
),

counted as (
    select
        (select count(*) from $silver_silver_calls where $on_touched_days) as accepted,
        (select count(*) from $silver_silver_calls_quarantine where $on_touched_days) as rejected
)

select concat('gold.fact_calls on ', cast(event_date as varchar)) as subject,
    cast(abs(coalesce(silver.calls, 0) - coalesce(gold.calls, 0)) as double)
        + cast(abs(coalesce(silver.revenue, 0) - coalesce(gold.revenue, 0)) as double) as value,
    concat(cast(coalesce(silver.calls, 0) as varchar), ' calls in silver, ', cast(coalesce(gold.calls, 0) as varchar), ' in gold') as detail
from silver full outer join gold using (event_date)
union all
select concat('gold.agg_region_daily_revenue on ', cast(event_date as varchar)),
    cast(abs(coalesce(gold.seconds, 0) - coalesce(summed.seconds, 0)) as double)
        + cast(abs(coalesce(gold.revenue, 0) - coalesce(summed.revenue, 0)) as double),
    concat(cast(coalesce(gold.revenue, 0) as varchar), ' USD in fact_calls, ', cast(coalesce(summed.revenue, 0) as varchar), ' summed')
from gold full outer join summed using (event_date)
union all
select 'bronze.call_events',
    cast(abs(arrived - copies - accepted - rejected) as double),
    concat(
        cast(arrived as varchar), ' rows in bronze, ', cast(accepted as varchar), ' in silver, ',
        cast(copies as varchar), ' copies, ', cast(rejected as varchar), ' in quarantine'
    )
from bronze_calls cross join counted
