{{ config(unique_key='payment_id', takes_new_rows=true, skip_unchanged=true) }}

{{ latest_versions(ref('bronze_payments'), 'payment_id', [
    'invoice_id', 'amount_usd', 'method', 'paid_at', 'updated_at',
]) }}
