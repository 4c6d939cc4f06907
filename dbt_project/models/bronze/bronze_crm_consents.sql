{{ readable_rows('crm_consents') }}
