select * from {{ bronze_table('payments') }}
