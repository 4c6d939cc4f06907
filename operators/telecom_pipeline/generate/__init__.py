"""Writes what follows from the models: CRD, reference, samples, dashboards, event schemas. `--check` fails on drift."""
