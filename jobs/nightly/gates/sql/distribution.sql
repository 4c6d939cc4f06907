-- Calls of the judged days and of the days that they are compared with, by bucket of some columns; beside it those of
-- before the hour of the day until which the newest judged day is closed. Numbers fall into buckets that double in width.
select
    event_date as day,
    column_name,
    bucket,
    count(*) as calls,
    count_if(hour(event_time at time zone $time_zone) < $closed_until_hour) as calls_by_then
from $gold_fact_calls
cross join unnest(
    array['duration_seconds', 'revenue_usd', 'termination_cause'],
    array[
        cast(floor(log2(1 + duration_seconds)) as varchar),
        cast(floor(log2(1 + 100 * cast(revenue_usd as double))) as varchar),
        termination_cause
    ]
) as measured (column_name, bucket)
where
    event_date between date_add('day', -$history_days, $first_judged_day) and $last_judged_day
    or event_date in ($days_of_month_before)
group by 1, 2, 3
