"""What all parts agree on: events, topics, tables, settings, ledger, fraud rules, metric names and the version."""
