-- What Trino's catalog `crm` may read. To be run by the owner of the tables; crm_reader is a role that may log in.
GRANT USAGE ON SCHEMA crm, billing, network TO crm_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA crm, billing, network TO crm_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA crm, billing, network GRANT SELECT ON TABLES TO crm_reader;
