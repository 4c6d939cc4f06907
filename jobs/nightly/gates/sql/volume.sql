-- Events of silver, hour by hour, and when the first of them arrived, of the judged days and of those before that say what
-- is usual. Hours without a row are absent: the clock knows them. Two columns are read, whatever else a table has.
select
    '{topic}' as topic,
    date_trunc('hour', event_time at time zone $time_zone) at time zone 'UTC' as hour_start,
    count(*) as events,
    min(_bronze_ingested_at) as first_arrival
from $silver_{silver}
where event_date between date_add('day', -$history_days, $first_judged_day) and $last_judged_day
group by 2
