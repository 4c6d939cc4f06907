"""A run: pace, Kafka, the ledger, metrics."""
