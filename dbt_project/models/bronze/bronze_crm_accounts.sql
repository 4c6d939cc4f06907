{{ readable_rows('crm_accounts') }}
