"""How fast the sink brings Kafka records into Iceberg, against a plain sink on the same engines."""
