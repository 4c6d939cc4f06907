"""Words of other operators' APIs that one part of ours writes and another reads."""

# Strimzi: to which Kafka a pool, topic or user belongs, and whether the topic operator looks after a topic.
STRIMZI_CLUSTER_LABEL = "strimzi.io/cluster"
STRIMZI_MANAGED_ANNOTATION = "strimzi.io/managed"
# Key of the certificate in the Secret of a cluster's authority.
STRIMZI_CA_KEY = "ca.crt"

# Flink's operator: `spec.job.state`, and the container of a pod template that it takes for its own.
FLINK_JOB_RUNNING = "running"
FLINK_JOB_SUSPENDED = "suspended"
FLINK_MAIN_CONTAINER = "flink-main-container"
