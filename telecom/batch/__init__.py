"""Batch jobs of a pipeline, run and followed to their end."""
