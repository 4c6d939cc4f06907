select * from {{ bronze_table('call_events') }}
