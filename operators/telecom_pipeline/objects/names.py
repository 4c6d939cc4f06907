"""Names of children, each built in one function, and the longest pipeline name that they allow."""

from operators.telecom_pipeline.objects.manifest import Kind

KAFKA = Kind("kafka.strimzi.io/v1", "Kafka")
KAFKA_NODE_POOL = Kind("kafka.strimzi.io/v1", "KafkaNodePool")
KAFKA_TOPIC = Kind("kafka.strimzi.io/v1", "KafkaTopic")
KAFKA_USER = Kind("kafka.strimzi.io/v1", "KafkaUser")
DEPLOYMENT = Kind("apps/v1", "Deployment")
JOB = Kind("batch/v1", "Job")
FLINK_DEPLOYMENT = Kind("flink.apache.org/v1beta1", "FlinkDeployment")
CONFIG_MAP = Kind("v1", "ConfigMap")
SECRET = Kind("v1", "Secret")
POD = Kind("v1", "Pod")
# Kinds of children, in the order in which their stages start. RBAC and watches follow from it.
CHILD_KINDS: tuple[Kind, ...] = (
    KAFKA,
    KAFKA_NODE_POOL,
    KAFKA_TOPIC,
    KAFKA_USER,
    CONFIG_MAP,
    DEPLOYMENT,
    JOB,
    FLINK_DEPLOYMENT,
)

CDR_PRODUCER = "cdr-producer"
CDR_HISTORY = "cdr-history"
NETWORK_PROBE_PRODUCER = "network-probe-producer"
KAFKA_TO_BRONZE = "kafka-to-bronze"
FRAUD_DETECTION = "fraud-detection"
FRAUD_RULES_PUBLISHER = "fraud-rules-publisher"
ACCOUNT_FREEZER = "account-freezer"
CRM_BATCH_INGESTOR = "crm-batch-ingestor"
NIGHTLY = "nightly"
GATE_ACCEPTANCE = "gate-acceptance"
CHURN = "churn"
ALERT_READER = "alert-reader"
DLQ_REPLAYER = "dlq-replayer"
AUDITOR = "auditor"
ERASER = "eraser"
COMPONENTS = (
    CDR_PRODUCER,
    CDR_HISTORY,
    NETWORK_PROBE_PRODUCER,
    KAFKA_TO_BRONZE,
    FRAUD_DETECTION,
    FRAUD_RULES_PUBLISHER,
    ACCOUNT_FREEZER,
    CRM_BATCH_INGESTOR,
    NIGHTLY,
    GATE_ACCEPTANCE,
    CHURN,
    ALERT_READER,
    DLQ_REPLAYER,
    AUDITOR,
    ERASER,
)

# Strimzi allows at most 11 characters for a listener's name.
CLIENT_LISTENER = "clients"

DUAL_ROLE_POOL = "dual-role"
CONTROLLER_POOL = "controller"
BROKER_POOL = "broker"
POOLS = (DUAL_ROLE_POOL, CONTROLLER_POOL, BROKER_POOL)

# A pod's name is also its host name and the value of labels, both limited to 63 characters (RFC 1123, Kubernetes).
DNS_LABEL_MAX_LENGTH = 63
LARGEST_NODE_ID = 999


def kafka(pipeline: str) -> str:
    """Kafka cluster."""
    return pipeline


def node_pool(pipeline: str, pool: str) -> str:
    """KafkaNodePool: pools of two pipelines may share a namespace, so the pipeline is part of the name."""
    return f"{pipeline}-{pool}"


def topic(pipeline: str, topic_name: str) -> str:
    """KafkaTopic object; the topic in Kafka keeps the name of the contract."""
    return f"{pipeline}-{topic_name.replace('_', '-')}"


def component(pipeline: str, component_name: str) -> str:
    """Deployment or Job, ConfigMap with its settings, and KafkaUser of a component."""
    return f"{pipeline}-{component_name}"


def accepted_spec(pipeline: str) -> str:
    """ConfigMap that keeps the last spec that was valid."""
    return f"{pipeline}-accepted-spec"


def revisions(pipeline: str) -> str:
    """ConfigMap that keeps the specs with which the pipeline was ready."""
    return f"{pipeline}-revisions"


def cluster_ca_secret(pipeline: str) -> str:
    """Secret in which Strimzi publishes the certificate of the cluster's authority."""
    return f"{kafka(pipeline)}-cluster-ca-cert"


def consumer_group(pipeline: str, component_name: str) -> str:
    """Kafka consumer group of a component."""
    return f"{pipeline}-{component_name}"


def names_of_own_objects(pipeline: str) -> frozenset[str]:
    """ConfigMaps and Secrets that exist because of a pipeline, created by this operator or by Strimzi."""
    of_components = (component(pipeline, name) for name in COMPONENTS)
    return frozenset({*of_components, accepted_spec(pipeline), revisions(pipeline), cluster_ca_secret(pipeline)})


def transactional_id_prefix(pipeline: str, component_name: str) -> str:
    """Start of the ids of a component's Kafka transactions."""
    return f"{pipeline}-{component_name}"


def kafka_pod(pipeline: str, pool: str, node_id: int) -> str:
    """Pod of a Kafka node, as Strimzi names it: cluster, pool and node id."""
    return f"{kafka(pipeline)}-{node_pool(pipeline, pool)}-{node_id}"


def _names_bounded_as_dns_labels(pipeline: str) -> list[str]:
    pods = [kafka_pod(pipeline, pool, LARGEST_NODE_ID) for pool in POOLS]
    return pods + [component(pipeline, name) for name in COMPONENTS]


def longest_pipeline_name() -> int:
    """Length of the longest pipeline name whose children all have valid names."""
    length = 1
    while max(map(len, _names_bounded_as_dns_labels("x" * (length + 1)))) <= DNS_LABEL_MAX_LENGTH:
        length += 1
    return length
