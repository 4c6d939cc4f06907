"""The nightly run: dbt makes silver and gold, gates judge them, and what holds is published as a whole."""
