"""What two jobs or more share: settings, logs, health, clients of Kafka, Iceberg, Trino and PostgreSQL."""
