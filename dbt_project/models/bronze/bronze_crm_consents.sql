select * from {{ bronze_table('crm_consents') }}
