select * from {{ bronze_table('invoices') }}
