select
    (
        select count(distinct event_id) from $bronze_fraud_alerts
        where event_time >= $judged_start and event_time < $judged_until
    ) as alerts,
    (
        select count(distinct subscriber_token) from $gold_agg_subscriber_daily_usage where event_date = $run_date
    ) as subscribers
