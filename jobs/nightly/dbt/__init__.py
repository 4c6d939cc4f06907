"""dbt: the project, parsed once, and its build as a process."""
