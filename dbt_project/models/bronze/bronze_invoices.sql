{{ readable_rows('invoices') }}
