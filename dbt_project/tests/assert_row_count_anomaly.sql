-- The newest full day has at least half the rows of the days before it. A day without rows is the worst anomaly: it
-- fails even when there is no history to compare with.
with days as (
    select day, coalesce(row_count, 0) as row_count
    from (select cast(date_add('day', -step, {{ run_date() }}) as date) as day from unnest(sequence(0, 7)) as steps (step))
    left join (
        select event_date as day, count(*) as row_count
        from {{ ref('fact_calls') }}
        where event_date between date_add('day', -7, {{ run_date() }}) and {{ run_date() }}
        group by event_date
    ) using (day)
)

select newest.row_count, history.mean_row_count
from (select row_count from days where day = {{ run_date() }}) as newest
cross join (select avg(if(row_count > 0, row_count)) as mean_row_count from days where day < {{ run_date() }}) as history
where newest.row_count = 0 or newest.row_count < history.mean_row_count * 0.5
