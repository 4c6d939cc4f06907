"""Writes what follows from the models: CRD, reference, samples and event schemas. `--check` fails on drift."""
