-- Alerts by day, of the judged days and of those before, and active subscribers of the judged days.
with alerts as (
    select cast(event_time at time zone $time_zone as date) as day, count(distinct event_id) as alerts
    from $bronze_fraud_alerts
    where event_time >= $alerts_since and event_time < $judged_until
    group by 1
),

active as (
    select event_date as day, count(distinct subscriber_token) as subscribers
    from $gold_agg_subscriber_daily_usage
    where event_date between $first_judged_day and $last_judged_day
    group by 1
)

select day, coalesce(alerts, 0) as alerts, coalesce(subscribers, 0) as subscribers
from alerts
full outer join active using (day)
