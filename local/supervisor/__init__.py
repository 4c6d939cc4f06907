"""Keeps processes running: start, readiness, restart with back-off, ordered stop, found again after a crash."""
