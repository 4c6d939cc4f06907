select * from {{ bronze_table('data_session_events') }}
