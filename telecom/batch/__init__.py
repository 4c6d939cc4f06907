"""The jobs and tools that work on a running pipeline once and then end."""
