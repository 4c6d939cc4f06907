"""Ways into a running pipeline: Kafka, the lake, Trino, and the secrets for them."""
