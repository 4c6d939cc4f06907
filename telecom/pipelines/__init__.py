"""Pipelines: from a resource file to what runs, and what a running pipeline reports."""
