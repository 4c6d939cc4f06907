"""The `telecom` command: one file per verb, each a thin shell over plain functions."""
