"""Dashboards about the data: events into bronze, Kafka, fraud detection, publication."""

from contracts import metric_names as names
from operators.telecom_pipeline.generate.monitoring.dashboard import Dashboard, Panel, Query
from operators.telecom_pipeline.generate.monitoring.selectors import (
    chosen,
    highest_by,
    lowest_by,
    quantile_by,
    rate_by,
    sum_by,
)

_P99 = 0.99
_MEDIAN = 0.5
# A broker counts each topic, and all of them together without that label.
_ONE_TOPIC, _ALL_TOPICS = 'topic!=""', 'topic=""'

PIPELINE = Dashboard(
    "telecom-pipeline",
    "Telecom: events into bronze",
    names.SINK_ROWS,
    (
        Panel(
            "Freshness",
            "Age of the newest event in the table, and the limit of the pipeline, which applies to the newest event of "
            "any topic. It keeps growing once a bounded source is done.",
            "s",
            (
                Query(lowest_by(names.SINK_FRESHNESS_SECONDS, "topic"), "{{topic}}"),
                Query(highest_by(names.OPERATOR_FRESHNESS_LIMIT_SECONDS, "pipeline"), "{{pipeline}} limit"),
            ),
        ),
        Panel(
            "Lag",
            "Records on the broker that are not in the table, and the limit of the pipeline for all topics together.",
            "short",
            (
                Query(sum_by(names.SINK_LAG_RECORDS, "topic"), "{{topic}}"),
                Query(highest_by(names.OPERATOR_LAG_LIMIT_RECORDS, "pipeline"), "{{pipeline}} limit"),
            ),
        ),
        Panel(
            "Rows committed",
            "Rows per second put into bronze.",
            "ops",
            (Query(rate_by(names.SINK_ROWS, "topic"), "{{topic}}"),),
        ),
        Panel(
            "Dead letters by reason",
            "Records per second that were set aside with their bytes, position and reason.",
            "ops",
            (Query(rate_by(names.SINK_DEAD_LETTERS, "topic", "reason"), "{{topic}} {{reason}}"),),
        ),
        Panel(
            "Commit time",
            "From the first file written to the table's answer, retries included.",
            "s",
            (
                Query(quantile_by(_MEDIAN, names.SINK_COMMIT_SECONDS, "topic"), "{{topic}} median"),
                Query(quantile_by(_P99, names.SINK_COMMIT_SECONDS, "topic"), "{{topic}} p99"),
            ),
        ),
        Panel(
            "Commits repeated or refused",
            "Per second: failed attempts, and commits that lost to another writer.",
            "ops",
            (
                Query(rate_by(names.SINK_COMMIT_RETRIES, "topic"), "{{topic}} retried"),
                Query(rate_by(names.SINK_COMMIT_CONFLICTS, "topic"), "{{topic}} conflict"),
                Query(rate_by(names.SINK_FENCED_PARTITIONS, "topic"), "{{topic}} fenced"),
            ),
        ),
        Panel(
            "Produced and acknowledged",
            "Records per second that were handed to the client, and those that all replicas have.",
            "ops",
            (
                Query(rate_by(names.PRODUCER_SENT, "topic"), "{{topic}} sent"),
                Query(rate_by(names.PRODUCER_ACKNOWLEDGED, "topic"), "{{topic}} acknowledged"),
            ),
        ),
        Panel(
            "Producers behind",
            "Age of the oldest record that is due but not sent.",
            "s",
            (Query(highest_by(names.PRODUCER_BEHIND_SECONDS, "pod"), "{{pod}}"),),
        ),
        Panel(
            "Held in memory",
            "Bytes that were read from Kafka but not committed yet.",
            "bytes",
            (Query(sum_by(names.SINK_BUFFERED_BYTES, "topic"), "{{topic}}"),),
        ),
    ),
)

KAFKA = Dashboard(
    "telecom-kafka",
    "Telecom: Kafka",
    names.KAFKA_UNDER_REPLICATED_PARTITIONS,
    (
        Panel(
            "Partitions in danger",
            "Partitions with a replica out of sync, below the minimum in sync, or without a leader. All must be 0.",
            "short",
            (
                Query(sum_by(names.KAFKA_UNDER_REPLICATED_PARTITIONS, "pipeline"), "{{pipeline}} under-replicated"),
                Query(sum_by(names.KAFKA_UNDER_MIN_ISR_PARTITIONS, "pipeline"), "{{pipeline}} below minimum in sync"),
                Query(highest_by(names.KAFKA_OFFLINE_PARTITIONS, "pipeline"), "{{pipeline}} offline"),
            ),
        ),
        Panel(
            "Records in",
            "Records per second that producers wrote.",
            "ops",
            (Query(rate_by(names.KAFKA_MESSAGES_IN, "topic", matchers=(_ONE_TOPIC,)), "{{topic}}"),),
        ),
        Panel(
            "Bytes in and out",
            "Bytes per second, without replication.",
            "Bps",
            (
                Query(rate_by(names.KAFKA_BYTES_IN, "pod", matchers=(_ALL_TOPICS,)), "{{pod}} in"),
                Query(rate_by(names.KAFKA_BYTES_OUT, "pod", matchers=(_ALL_TOPICS,)), "{{pod}} out"),
            ),
        ),
        Panel("Log on disk", "Bytes by topic.", "bytes", (Query(sum_by(names.KAFKA_LOG_BYTES, "topic"), "{{topic}}"),)),
        Panel(
            "Clients' errors",
            "Per second, as our own clients report them.",
            "ops",
            (
                Query(rate_by(names.SINK_KAFKA_ERRORS, "pod"), "{{pod}}"),
                Query(rate_by(names.PRODUCER_DELIVERY_ERRORS, "pod"), "{{pod}} given up"),
                Query(rate_by(names.FREEZER_KAFKA_ERRORS, "pod"), "{{pod}}"),
            ),
        ),
        Panel(
            "Lag of the sink",
            "Records on the broker that are not in the table, by partition.",
            "short",
            (Query(sum_by(names.SINK_LAG_RECORDS, "topic", "partition"), "{{topic}} {{partition}}"),),
        ),
    ),
)

FRAUD = Dashboard(
    "telecom-fraud",
    "Telecom: fraud detection",
    names.FLINK_CHECKPOINTS_COMPLETED,
    (
        Panel(
            "Alerts by rule",
            "Alerts per second that the Flink job raised.",
            "ops",
            (Query(rate_by(names.FLINK_FRAUD_ALERTS, "rule"), "{{rule}}"),),
        ),
        Panel(
            "Decisions",
            "Decisions of the account freezer per second.",
            "ops",
            (Query(rate_by(names.FREEZER_DECISIONS, "rule", "action"), "{{rule}} {{action}}"),),
        ),
        Panel(
            "From alert to decision",
            "From detection to the committed decision.",
            "s",
            (
                Query(quantile_by(_MEDIAN, names.FREEZER_ALERT_TO_DECISION_SECONDS), "median"),
                Query(quantile_by(_P99, names.FREEZER_ALERT_TO_DECISION_SECONDS), "p99"),
            ),
        ),
        Panel(
            "Checkpoints",
            "Completed and failed since the job started.",
            "short",
            (
                Query(highest_by(names.FLINK_CHECKPOINTS_COMPLETED, "pipeline"), "{{pipeline}} completed"),
                Query(highest_by(names.FLINK_CHECKPOINTS_FAILED, "pipeline"), "{{pipeline}} failed"),
            ),
        ),
        Panel(
            "Duration of the last checkpoint",
            "Alerts are visible to others only after the next checkpoint.",
            "ms",
            (Query(highest_by(names.FLINK_LAST_CHECKPOINT_MILLISECONDS, "pipeline"), "{{pipeline}}"),),
        ),
        Panel(
            "Size of the last checkpoint",
            "State of the rules, which levels off when the windows are full.",
            "bytes",
            (Query(highest_by(names.FLINK_LAST_CHECKPOINT_BYTES, "pipeline"), "{{pipeline}}"),),
        ),
        Panel(
            "Restarts",
            "Restarts of the Flink job.",
            "short",
            (Query(highest_by(names.FLINK_RESTARTS, "pipeline"), "{{pipeline}}"),),
        ),
        Panel(
            "Late and unreadable events",
            "Per second, when the job reads them.",
            "ops",
            (
                Query(rate_by(names.FLINK_LATE_EVENTS, "pipeline"), "{{pipeline}} late"),
                Query(rate_by(names.FREEZER_DEAD_LETTERS, "reason"), "freezer {{reason}}"),
            ),
        ),
        Panel(
            "Actions not published",
            "Actions that are in the audit but perhaps not in Kafka yet.",
            "short",
            (Query(highest_by(names.FREEZER_UNPUBLISHED_ACTIONS, "pod"), "{{pod}}"),),
        ),
    ),
)

PUBLICATION = Dashboard(
    "telecom-publication",
    "Telecom: gates and publication",
    names.GATE_OUTCOME,
    (
        Panel(
            "Outcome of the gates",
            "0 passed, 1 warned, 2 failed, in which case the tag `published` stays where it was.",
            "short",
            (Query(highest_by(names.GATE_OUTCOME, "pipeline", "layer", "gate"), "{{pipeline}} {{layer}} {{gate}}"),),
        ),
        Panel(
            "Gates that failed",
            "By owner, who is the person to call.",
            "short",
            (Query(f"count by (owner) ({chosen(names.GATE_OUTCOME)} == 2)", "{{owner}}"),),
        ),
        Panel(
            "Worst reading",
            "In the unit of each gate; the limits are in jobs/nightly/gates.",
            "short",
            (Query(highest_by(names.GATE_VALUE, "pipeline", "layer", "gate"), "{{pipeline}} {{layer}} {{gate}}"),),
        ),
        Panel(
            "Since the last publication",
            "Age of the numbers that readers see, and the limit of the pipeline.",
            "s",
            (
                Query(
                    f"time() - {highest_by(names.OPERATOR_LAST_PUBLICATION_TIME_SECONDS, 'pipeline')}", "{{pipeline}}"
                ),
                Query(highest_by(names.OPERATOR_PUBLICATION_LIMIT_SECONDS, "pipeline"), "{{pipeline}} limit"),
            ),
        ),
    ),
)
