"""What dbt's models say of themselves: documentation and lineage."""
