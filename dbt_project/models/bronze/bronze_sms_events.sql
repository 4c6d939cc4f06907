select * from {{ bronze_table('sms_events') }}
