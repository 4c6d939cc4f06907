{{ readable_rows('invoice_lines') }}
