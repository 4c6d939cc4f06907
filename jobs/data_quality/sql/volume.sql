-- Only hours that are over are compared, and only with days that have data. A deviation inside three times the median
-- absolute deviation is the usual up and down.
with hourly as (
    select cast(hour_start at time zone 'UTC' as date) as day, hour(hour_start) as hour_of_day, sum(call_count) as calls
    from $gold_agg_tower_hourly_utilization
    where event_date between date_add('day', -28, $run_date) and $run_date
    group by 1, 2
),

closed as (
    select hour_of_day from hourly
    where day = $run_date and date_add('hour', hour_of_day + 1, cast($run_date as timestamp(6) with time zone)) <= $now
),

days as (
    select day, sum(calls) as calls
    from hourly
    where hour_of_day in (select hour_of_day from closed)
    group by day
),

-- The same weekday once there are three of them, else all days.
peers as (
    select calls from days
    where day < $run_date and (
        day_of_week(day) = day_of_week($run_date)
        or (select count(*) from days where day < $run_date and day_of_week(day) = day_of_week($run_date)) < 3
    )
),

usual as (select approx_percentile(calls, 0.5) as median from peers),

spread as (select approx_percentile(abs(peers.calls - usual.median), 0.5) as deviation from peers cross join usual)

select
    'calls of the day' as subject,
    case
        when coalesce((select sum(calls) from hourly where day = $run_date), 0) = 0 then 1e0
        when usual.median is null or usual.median = 0 then 0e0
        when abs(today.calls - usual.median) <= 3 * spread.deviation then 0e0
        else cast(abs(today.calls - usual.median) as double) / usual.median
    end as value,
    concat(
        cast(coalesce(today.calls, 0) as varchar), ' calls in closed hours, median ',
        coalesce(cast(usual.median as varchar), 'unknown')
    ) as detail
from usual
cross join spread
cross join (select max(calls) as calls from days where day = $run_date) as today
