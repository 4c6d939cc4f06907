"""Keeps processes running: start, readiness, restart with back-off, ordered stop, and recovery after a crash."""
