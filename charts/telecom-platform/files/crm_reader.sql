-- What Trino's catalog `crm` may read: the tables that contracts/batch_tables.py names, and none that come later. To be run by
-- the owner of the tables; crm_reader is a role that may log in.
GRANT USAGE ON SCHEMA crm, billing, network TO crm_reader;
-- Earlier versions of this file let it read everything.
ALTER DEFAULT PRIVILEGES IN SCHEMA crm, billing, network REVOKE SELECT ON TABLES FROM crm_reader;
REVOKE SELECT ON ALL TABLES IN SCHEMA crm, billing, network FROM crm_reader;
GRANT SELECT ON
  crm.accounts, crm.consents, crm.customers, crm.plans,
  billing.invoice_lines, billing.invoices, billing.payments,
  network.towers
TO crm_reader;
