"""What the dbt project says about its models: documentation and lineage."""
