{{ config(
    unique_key=['kafka_partition', 'kafka_offset', '_bronze_ingested_at'],
    bound_by='event_date',
    takes_new_rows=true,
    accepted_in='silver_data_sessions',
    properties={'partitioning': "array['event_date']"},
) }}

{{ rejected_events(
    ref('bronze_data_session_events'), data_session_checks(), ref('silver_data_sessions')
) }}
