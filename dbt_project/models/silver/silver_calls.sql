{{ config(
    unique_key='event_id',
    bound_by='event_date',
    first_arrival_wins=true,
    properties={'partitioning': "array['event_date']"},
) }}

select
    event_id,
    event_time,
    event_date,
    msisdn,
    {{ pii_token('msisdn') }} as subscriber_token,
    called_msisdn,
    {{ pii_token('called_msisdn') }} as other_party_token,
    imsi,
    imei,
    tower_id,
    cell_id,
    latitude,
    longitude,
    call_type,
    start_time,
    end_time,
    duration_seconds,
    termination_cause,
    is_roaming,
    serving_plmn,
    revenue_usd,
    schema_version,
    _kafka_partition,
    _kafka_offset,
    _bronze_ingested_at
from ({{ accepted_events(ref('bronze_call_events'), call_rejection_reasons()) }})
