select * from {{ bronze_table('network_towers') }}
