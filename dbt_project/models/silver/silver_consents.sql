{{ config(
    unique_key=['consent_id', 'changed_at'], complete_per='consent_id', takes_new_rows=true, skip_unchanged=true
) }}

{# One row per consent and moment of change. A tombstone knows only its key; whose consent it was, and for what, is in
   the other versions. Who withdraws by deletion does not consent. #}

select
    consent_id,
    changed_at,
    last_value(customer_id) ignore nulls over so_far as customer_id,
    last_value(purpose) ignore nulls over so_far as purpose,
    coalesce(is_granted and not is_deleted, false) as is_granted,
    is_deleted,
    _bronze_ingested_at
from (
    {{ version_history(
        ref('bronze_crm_consents'), 'consent_id', ['customer_id', 'purpose', 'is_granted'],
        'select consent_id from ' ~ ref('bronze_crm_consents') ~ ' where ' ~ bronze_changes_of_run()
    ) }}
)
window so_far as (partition by consent_id order by changed_at rows unbounded preceding)
