"""Writes Kafka topics into Iceberg bronze tables, each record exactly once."""
