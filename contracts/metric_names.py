"""Names of the Prometheus metrics that dashboards, alerts and tests read. The job that owns a metric declares it."""

SINK_LAG_RECORDS = "telecom_sink_lag_records"
SINK_ROWS = "telecom_sink_rows_total"
SINK_BYTES = "telecom_sink_bytes_total"
SINK_FILES = "telecom_sink_files_total"
SINK_DEAD_LETTERS = "telecom_sink_dead_letters_total"
SINK_UNKNOWN_FIELD_ROWS = "telecom_sink_unknown_field_rows_total"
SINK_COMMIT_SECONDS = "telecom_sink_commit_seconds"
SINK_COMMIT_CONFLICTS = "telecom_sink_commit_conflicts_total"
SINK_COMMIT_RETRIES = "telecom_sink_commit_retries_total"
SINK_FENCED_PARTITIONS = "telecom_sink_fenced_partitions_total"
SINK_SEEKS = "telecom_sink_seeks_total"
SINK_NEWEST_EVENT_TIME_SECONDS = "telecom_sink_newest_event_time_seconds"
SINK_FRESHNESS_SECONDS = "telecom_sink_freshness_seconds"
SINK_LAST_COMMIT_TIME_SECONDS = "telecom_sink_last_commit_time_seconds"
SINK_BUFFERED_BYTES = "telecom_sink_buffered_bytes"
SINK_KAFKA_ERRORS = "telecom_sink_kafka_errors_total"
FREEZER_DECISIONS = "telecom_freezer_decisions_total"
FREEZER_DEAD_LETTERS = "telecom_freezer_dead_letters_total"
FREEZER_REPEATED_ALERTS = "telecom_freezer_repeated_alerts_total"
FREEZER_ALERT_TO_DECISION_SECONDS = "telecom_freezer_alert_to_decision_seconds"
FREEZER_UNPUBLISHED_ACTIONS = "telecom_freezer_unpublished_actions"
FREEZER_KAFKA_ERRORS = "telecom_freezer_kafka_errors_total"

PRODUCER_SENT = "telecom_producer_sent_total"
PRODUCER_ACKNOWLEDGED = "telecom_producer_acknowledged_total"
PRODUCER_SENT_BYTES = "telecom_producer_sent_bytes_total"
PRODUCER_DELIVERY_ERRORS = "telecom_producer_delivery_errors_total"
PRODUCER_BEHIND_SECONDS = "telecom_producer_behind_seconds"

GATE_VALUE = "telecom_gate_value"
GATE_OUTCOME = "telecom_gate_outcome"

OPERATOR_RECONCILES = "telecom_operator_reconciles_total"
OPERATOR_RECONCILE_SECONDS = "telecom_operator_reconcile_seconds"
OPERATOR_EVENT_TO_RECONCILE_SECONDS = "telecom_operator_event_to_reconcile_seconds"
OPERATOR_API_CALLS = "telecom_operator_api_calls_total"
OPERATOR_DRIFT_CORRECTIONS = "telecom_operator_drift_corrections_total"
OPERATOR_PIPELINE_CONDITION = "telecom_operator_pipeline_condition"
OPERATOR_LAG_LIMIT_RECORDS = "telecom_operator_pipeline_lag_limit_records"
OPERATOR_FRESHNESS_LIMIT_SECONDS = "telecom_operator_pipeline_freshness_limit_seconds"
OPERATOR_PUBLICATION_LIMIT_SECONDS = "telecom_operator_pipeline_publication_limit_seconds"
OPERATOR_LAST_PUBLICATION_TIME_SECONDS = "telecom_operator_pipeline_last_publication_time_seconds"
OPERATOR_STAGE_READY_RATIO = "telecom_operator_pipeline_stage_ready_ratio"
OPERATOR_LEADER = "telecom_operator_leader"
OPERATOR_WATCH_AGE_SECONDS = "telecom_operator_watch_age_seconds"

# What Flink's reporter for Prometheus makes of its own metrics and of those of jobs/fraud_detection.
FLINK_CHECKPOINTS_COMPLETED = "flink_jobmanager_job_numberOfCompletedCheckpoints"
FLINK_CHECKPOINTS_FAILED = "flink_jobmanager_job_numberOfFailedCheckpoints"
FLINK_LAST_CHECKPOINT_MILLISECONDS = "flink_jobmanager_job_lastCheckpointDuration"
FLINK_LAST_CHECKPOINT_BYTES = "flink_jobmanager_job_lastCheckpointSize"
FLINK_RESTARTS = "flink_jobmanager_job_numRestarts"
FLINK_FRAUD_ALERTS = "flink_taskmanager_job_task_operator_rule_fraud_alerts"
FLINK_LATE_EVENTS = "flink_taskmanager_job_task_operator_late_events"

# What Strimzi's metrics reporter makes of Kafka's.
KAFKA_UNDER_REPLICATED_PARTITIONS = "kafka_server_replicamanager_underreplicatedpartitions"
KAFKA_UNDER_MIN_ISR_PARTITIONS = "kafka_server_replicamanager_underminisrpartitioncount"
KAFKA_OFFLINE_PARTITIONS = "kafka_controller_kafkacontroller_offlinepartitionscount"
KAFKA_MESSAGES_IN = "kafka_server_brokertopicmetrics_messagesinpersec_total"
KAFKA_BYTES_IN = "kafka_server_brokertopicmetrics_bytesinpersec_total"
KAFKA_BYTES_OUT = "kafka_server_brokertopicmetrics_bytesoutpersec_total"
KAFKA_LOG_BYTES = "kafka_log_log_size"
KAFKA_METRICS = (
    KAFKA_UNDER_REPLICATED_PARTITIONS,
    KAFKA_UNDER_MIN_ISR_PARTITIONS,
    KAFKA_OFFLINE_PARTITIONS,
    KAFKA_MESSAGES_IN,
    KAFKA_BYTES_IN,
    KAFKA_BYTES_OUT,
    KAFKA_LOG_BYTES,
)
