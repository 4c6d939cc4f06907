"""The operator with many pipelines on a real API server."""
