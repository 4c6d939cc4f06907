"""Pipelines: from a resource file to what runs, and what it reports."""
