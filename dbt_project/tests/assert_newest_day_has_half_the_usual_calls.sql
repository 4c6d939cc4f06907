-- The newest full day has at least half as many calls as the days before it have on average. A day without calls is the
-- worst anomaly: it fails even when there is no history to compare with.
with days as (
    select cast(date_add('day', -days_back, {{ run_date() }}) as date) as day
    from unnest(sequence(0, 7)) as steps (days_back)
),

days_with_calls as (
    select event_date as day, count(*) as call_count
    from {{ ref('fact_calls') }}
    where event_date between date_add('day', -7, {{ run_date() }}) and {{ run_date() }}
    group by event_date
),

calls_per_day as (
    select day, coalesce(days_with_calls.call_count, 0) as call_count
    from days
    left join days_with_calls using (day)
),

history as (
    select avg(if(call_count > 0, call_count)) as mean_call_count from calls_per_day where day < {{ run_date() }}
)

select newest.call_count, history.mean_call_count
from calls_per_day as newest
cross join history
where
    newest.day = {{ run_date() }}
    and (newest.call_count = 0 or newest.call_count < history.mean_call_count * 0.5)
