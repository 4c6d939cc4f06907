{{ config(unique_key=['plan_id', 'changed_at'], complete_per='plan_id', takes_new_rows=true, skip_unchanged=true) }}

{{ version_history(
    ref('bronze_crm_plans'), 'plan_id', ['plan_name', 'monthly_fee_usd', 'included_minutes', 'included_gigabytes'],
    'select plan_id from ' ~ ref('bronze_crm_plans') ~ ' where ' ~ bronze_changes_of_run()
) }}
