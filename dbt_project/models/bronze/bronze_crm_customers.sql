{{ readable_rows('crm_customers') }}
