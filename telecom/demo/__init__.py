"""The demo: one resource, real engines, and every event accounted for."""
