"""Kafka, KafkaNodePool, KafkaTopic and KafkaUser: a real broker per node, and what Strimzi's operators do to it."""
