"""What every job shares: settings, Kafka client configuration, logs, health endpoints and the stop signal."""
