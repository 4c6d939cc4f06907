"""Puts this folder on the import path, so that tests of several folders can share `operator_fixtures`."""
