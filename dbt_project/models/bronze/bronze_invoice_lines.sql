select * from {{ bronze_table('invoice_lines') }}
