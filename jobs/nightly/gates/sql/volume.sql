-- Only hours that are over are compared, and only with days that have data. A deviation inside three times the median
-- absolute deviation is the usual up and down. Each step reads the one before it once, because the engine plans a
-- subquery again wherever it is named.
with hourly as (
    select event_date as day, hour(hour_start at time zone 'UTC') as hour_of_day, sum(call_count) as calls
    from $gold_agg_tower_hourly_utilization
    where event_date between date_add('day', -28, $run_date) and $run_date
    group by 1, 2
),

marked as (
    select
        day,
        calls,
        bool_or(
            day = $run_date and date_add('hour', hour_of_day + 1, cast($run_date as timestamp(6) with time zone)) <= $now
        ) over (partition by hour_of_day) as is_closed
    from hourly
),

days as (
    select
        day,
        sum(calls) as calls_of_all_hours,
        sum(calls) filter (where is_closed) as calls,
        day_of_week(day) = day_of_week($run_date) as is_same_weekday
    from marked
    group by day
),

weighed as (
    select *, count_if(day < $run_date and is_same_weekday and calls is not null) over () as same_weekdays from days
),

-- The same weekday once there are three of them, else all days.
gathered as (
    select
        coalesce(max(calls_of_all_hours) filter (where day = $run_date), 0) as calls_of_all_hours,
        max(calls) filter (where day = $run_date) as calls,
        array_sort(array_agg(calls) filter (
            where day < $run_date and calls is not null and (is_same_weekday or same_weekdays < 3)
        )) as before
    from weighed
),

usual as (
    select *, element_at(before, (cardinality(before) + 2) / 2) as median
    from gathered
),

spread as (
    select
        *,
        element_at(
            array_sort(transform(before, day_calls -> abs(day_calls - median))), (cardinality(before) + 2) / 2
        ) as deviation
    from usual
)

select
    'calls of the day' as subject,
    case
        when calls_of_all_hours = 0 then 1e0
        when median is null or median = 0 then 0e0
        when abs(calls - median) <= 3 * deviation then 0e0
        else cast(abs(calls - median) as double) / median
    end as value,
    concat(
        cast(coalesce(calls, 0) as varchar), ' calls in closed hours, median ',
        coalesce(cast(median as varchar), 'unknown')
    ) as detail
from spread
