{{ config(unique_key='consent_id', skip_unchanged=true) }}

{{ latest_versions(ref('bronze_crm_consents'), 'consent_id', ['customer_id', 'purpose', 'is_granted', 'updated_at']) }}
