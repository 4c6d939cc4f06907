-- What the hourly table counts, hour by hour. Hours without a row are absent: the clock knows them.
select hour_start, sum(call_count) as calls, sum(reading_count) as readings
from $gold_agg_tower_hourly_utilization
where event_date >= date_add('day', -$history_days, $run_date)
group by hour_start
