{{ readable_rows('crm_plans') }}
