{{ config(
    unique_key=['kafka_partition', 'kafka_offset'],
    bound_by='event_date',
    properties={'partitioning': "array['event_date']"},
) }}

{{ rejected_events(ref('bronze_sms_events'), sms_rejection_reasons()) }}
