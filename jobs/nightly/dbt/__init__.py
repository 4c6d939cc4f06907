"""dbt: the project parsed once, its build as a process, and what its manifest says about lineage."""
