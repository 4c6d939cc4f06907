-- Population stability index: sum over buckets of (p - q) ln(p / q), p the day and q the week before. Numbers fall into
-- buckets that double in width; an empty bucket counts as half a row. Fewer than 300 rows say nothing.
with observed as (
    select event_date = $run_date as is_today, column_name, bucket
    from $gold_fact_calls
    cross join unnest(
        array['duration_seconds', 'revenue_usd', 'termination_cause'],
        array[
            cast(floor(log2(1 + duration_seconds)) as varchar),
            cast(floor(log2(1 + 100 * cast(revenue_usd as double))) as varchar),
            termination_cause
        ]
    ) as measured (column_name, bucket)
    where event_date between date_add('day', -7, $run_date) and $run_date
),

counted as (
    select column_name, bucket, greatest(count_if(is_today), 0.5e0) as today, greatest(count_if(not is_today), 0.5e0) as before
    from observed
    group by column_name, bucket
),

shares as (
    select
        column_name,
        today / sum(today) over (partition by column_name) as p,
        before / sum(before) over (partition by column_name) as q,
        sum(today) over (partition by column_name) as rows_today,
        sum(before) over (partition by column_name) as rows_before
    from counted
)

select
    concat('fact_calls.', column_name) as subject,
    sum((p - q) * ln(p / q)) as value,
    concat('over ', cast(count(*) as varchar), ' buckets') as detail
from shares
where rows_today >= 300 and rows_before >= 300
group by column_name
