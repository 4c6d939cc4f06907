{# Alerts as they arrive, for analysts: live (not pinned to the nightly snapshot), without raw numbers.
   An alert's id is a digest of the number and of ids that are published: unkeyed, it would tell the number. #}

select
    {{ pii_token('event_id') }} as alert_id,
    event_time,
    detection_time,
    rule,
    rule_version,
    severity,
    score,
    {{ pii_token('msisdn') }} as subscriber_token,
    {{ mask_msisdn('msisdn') }} as masked_msisdn,
    cardinality(evidence_event_ids) as evidence_count,
    distance_km,
    speed_kmh,
    call_count,
    window_seconds
from {{ source('bronze', 'fraud_alerts') }}
