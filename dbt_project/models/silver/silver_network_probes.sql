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
    tower_id,
    region,
    latitude,
    longitude,
    radio_access,
    load_percent,
    active_users,
    call_attempts,
    dropped_calls,
    latency_ms,
    signal_dbm,
    schema_version,
    _kafka_partition,
    _kafka_offset,
    _bronze_ingested_at
from ({{ accepted_events(ref('bronze_network_probe_events'), network_probe_checks()) }})
