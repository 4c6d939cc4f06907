{{ config(
    unique_key=['kafka_partition', 'kafka_offset'],
    bound_by='event_date',
    properties={'partitioning': "array['event_date']"},
) }}

{{ rejected_events(ref('bronze_data_session_events'), data_session_rejection_reasons()) }}
