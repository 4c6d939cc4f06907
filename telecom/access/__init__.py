"""Ways into a running pipeline: the cluster's API, Kafka, the lake, Trino, and the secrets that they need."""
