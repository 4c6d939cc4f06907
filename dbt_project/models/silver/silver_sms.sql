{{ config(
    unique_key='event_id',
    bound_by='event_date',
    takes_new_rows=true,
    first_arrival_wins=true,
    properties={'partitioning': "array['event_date']"},
) }}

select
    event_id,
    event_time,
    event_date,
    msisdn,
    {{ pii_token('msisdn') }} as subscriber_token,
    other_msisdn,
    {{ pii_token('other_msisdn') }} as other_party_token,
    imsi,
    imei,
    tower_id,
    cell_id,
    latitude,
    longitude,
    direction,
    part_count,
    delivery_status,
    is_roaming,
    serving_plmn,
    revenue_usd,
    schema_version,
    _kafka_partition,
    _kafka_offset,
    _bronze_ingested_at
from ({{ accepted_events(ref('bronze_sms_events'), sms_checks()) }})
