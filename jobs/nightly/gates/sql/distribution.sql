-- Calls of the run's day and of the days that it is compared with, up to the hour of the day until which the run's day is
-- closed, by bucket of some columns. Numbers fall into buckets that double in width.
select event_date as day, column_name, bucket, count(*) as calls
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
    (
        event_date between date_add('day', -$history_days, $run_date) and $run_date
        or event_date = $day_of_month_before
    )
    and ($closed_until_hour = 24 or hour(event_time at time zone $time_zone) < $closed_until_hour)
group by 1, 2, 3
