{{ config(unique_key='invoice_id', takes_new_rows=true, skip_unchanged=true) }}

{{ latest_versions(ref('bronze_invoices'), 'invoice_id', [
    'account_id', 'customer_id', 'period_start', 'issued_at', 'due_at', 'total_usd', 'status', 'updated_at',
]) }}
