{# Alerts per day, rule and severity, each alert once. #}

select
    {{ event_day('event_time') }} as event_date,
    rule,
    severity,
    count(distinct alert_id) as alert_count,
    count(distinct subscriber_token) as subscriber_count,
    max(score) as highest_score
from {{ ref('fraud_alerts_recent') }}
group by 1, 2, 3
