{{ config(unique_key='invoice_line_id', takes_new_rows=true, skip_unchanged=true) }}

{{ latest_versions(ref('bronze_invoice_lines'), 'invoice_line_id', [
    'invoice_id', 'line_number', 'charge_type', 'amount_usd', 'updated_at',
]) }}
