select * from {{ bronze_table('network_probe_events') }}
