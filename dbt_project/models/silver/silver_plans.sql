{{ config(unique_key='plan_id', skip_unchanged=true) }}

{{ latest_versions(ref('bronze_crm_plans'), 'plan_id', [
    'plan_name', 'monthly_fee_usd', 'included_minutes', 'included_gigabytes', 'updated_at',
]) }}
