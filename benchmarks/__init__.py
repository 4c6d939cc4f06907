"""Benchmarks: one folder each, `python -m benchmarks.NAME.run` writes its result.json."""
