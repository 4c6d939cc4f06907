-- Band: up to 50 alerts per thousand active subscribers and day.
with alerts as (
    select count(distinct event_id) as alerts from $bronze_fraud_alerts
    where cast(event_time at time zone 'UTC' as date) = $run_date
),

active as (
    select count(distinct subscriber_token) as subscribers from $gold_agg_subscriber_daily_usage where event_date = $run_date
)

select 'alerts' as subject,
    case
        when subscribers = 0 then 0e0
        when alerts = 0 then 1e0
        else alerts * 1000e0 / subscribers / 50e0
    end as value,
    concat(cast(alerts as varchar), ' alerts, ', cast(subscribers as varchar), ' active subscribers') as detail
from alerts cross join active
