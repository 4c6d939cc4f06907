"""A seeded model of a mobile network's traffic, and the two programs that send it to Kafka."""
