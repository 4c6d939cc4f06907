"""Alert rules: each says what is wrong and the next command."""

from dataclasses import dataclass
from typing import Any

from contracts import metric_names as names
from operators.telecom_pipeline.generate.monitoring.selectors import OF_PIPELINE

_PIPELINE = "{{ $labels.namespace }}/{{ $labels.pipeline }}"
_OF_TOPIC = f"{OF_PIPELINE}, topic"
_LAG = f"sum by ({OF_PIPELINE}) ({names.SINK_LAG_RECORDS})"


def _has_status(condition: str, status: str) -> str:
    """The operator reports this status for a condition, as the pipeline's own limits decide."""
    matchers = f'type="{condition}", status="{status}"'
    return f"max by ({OF_PIPELINE}) ({names.OPERATOR_PIPELINE_CONDITION}{{{matchers}}}) == 1"


@dataclass(frozen=True)
class AlertRule:
    """Fires when `expression` has held for `minutes`."""

    name: str
    expression: str
    minutes: int
    severity: str
    summary: str
    action: str


OPERATOR_RULES = (
    AlertRule(
        "TelecomPipelineDegraded",
        _has_status("Degraded", "True"),
        10,
        "critical",
        f"Pipeline {_PIPELINE} is degraded.",
        "kubectl -n {{ $labels.namespace }} get tp {{ $labels.pipeline }} -o wide",
    ),
    AlertRule(
        "TelecomOperatorWithoutLeader",
        f"sum({names.OPERATOR_LEADER}) < 1 or absent({names.OPERATOR_LEADER})",
        5,
        "critical",
        "No operator is working: pipelines keep running, but changes have no effect.",
        "kubectl get pods -A -l app.kubernetes.io/name=telecom-operator",
    ),
    AlertRule(
        "TelecomOperatorErrors",
        f'sum(rate({names.OPERATOR_RECONCILES}{{result="Error"}}[10m])) > 0.1',
        15,
        "warning",
        "The operator cannot reach the API server or lacks rights.",
        "kubectl -n telecom-system logs deployment/telecom-operator",
    ),
    AlertRule(
        "TelecomOperatorStaleWatch",
        f"max({names.OPERATOR_WATCH_AGE_SECONDS}) > 150",
        5,
        "warning",
        "The operator has not heard from the API server for minutes.",
        "kubectl -n telecom-system logs deployment/telecom-operator",
    ),
)

DATA_RULES = (
    AlertRule(
        "TelecomSinkStuck",
        f"sum by ({_OF_TOPIC}) ({names.SINK_LAG_RECORDS}) > 0"
        f" and time() - max by ({_OF_TOPIC}) ({names.SINK_LAST_COMMIT_TIME_SECONDS}) > 300",
        5,
        "critical",
        f"{{{{ $labels.topic }}}} of {_PIPELINE} has records waiting and has had no commit for five minutes.",
        "kubectl -n {{ $labels.namespace }} logs deployment/{{ $labels.pipeline }}-kafka-to-bronze",
    ),
    AlertRule(
        "TelecomSinkLagGrows",
        f"{_LAG} > max by ({OF_PIPELINE}) ({names.OPERATOR_LAG_LIMIT_RECORDS}) and deriv({_LAG}[15m:1m]) > 0",
        15,
        "warning",
        f"More records of {_PIPELINE} than spec.monitoring.lagLimitRecords are waiting, and the lag is growing.",
        "raise spec.bronze.replicas, at most to the number of partitions",
    ),
    AlertRule(
        "TelecomBronzeStale",
        _has_status("BronzeFresh", "False"),
        5,
        "critical",
        f"The newest event in bronze of {_PIPELINE} is older than spec.monitoring.freshnessLimitSeconds.",
        "kubectl -n {{ $labels.namespace }} get tp {{ $labels.pipeline }} -o wide",
    ),
    AlertRule(
        "TelecomPublicationLate",
        _has_status("Published", "False"),
        0,
        "critical",
        f"The last nightly run of {_PIPELINE} failed, or none has published within spec.monitoring."
        "publicationLimitSeconds.",
        "kubectl -n {{ $labels.namespace }} describe tp {{ $labels.pipeline }}",
    ),
    AlertRule(
        "TelecomDeadLetters",
        f"sum by ({_OF_TOPIC}) (rate({names.SINK_DEAD_LETTERS}[10m]))"
        f" > 0.01 * sum by ({_OF_TOPIC}) (rate({names.SINK_ROWS}[10m]))",
        10,
        "warning",
        f"More than one in a hundred records of {{{{ $labels.topic }}}} in {_PIPELINE} goes to the dead letters.",
        "look at the reasons on the dashboard, fix the source, then telecom replay-dlq --topic {{ $labels.topic }}",
    ),
    AlertRule(
        "TelecomProducerBehind",
        f"max by ({OF_PIPELINE}, pod) ({names.PRODUCER_BEHIND_SECONDS}) > 60",
        10,
        "warning",
        f"{{{{ $labels.pod }}}} of {_PIPELINE} cannot send as fast as events are due.",
        "kubectl -n {{ $labels.namespace }} logs {{ $labels.pod }}",
    ),
    AlertRule(
        "TelecomKafkaPartitionsUnderReplicated",
        f"sum by ({OF_PIPELINE}) ({names.KAFKA_UNDER_REPLICATED_PARTITIONS}) > 0",
        15,
        "warning",
        f"Partitions of {_PIPELINE} have a replica out of sync.",
        "kubectl -n {{ $labels.namespace }} get pods -l strimzi.io/kind=Kafka",
    ),
    AlertRule(
        "TelecomKafkaPartitionsOffline",
        f"max by ({OF_PIPELINE}) ({names.KAFKA_OFFLINE_PARTITIONS}) > 0",
        1,
        "critical",
        f"Partitions of {_PIPELINE} have no leader: nothing can be written to them.",
        "kubectl -n {{ $labels.namespace }} get pods -l strimzi.io/kind=Kafka",
    ),
    AlertRule(
        "TelecomFraudCheckpointsFail",
        f"delta({names.FLINK_CHECKPOINTS_FAILED}[15m]) > 2",
        0,
        "critical",
        f"Checkpoints of fraud detection in {_PIPELINE} fail: alerts do not become visible.",
        "kubectl -n {{ $labels.namespace }} describe flinkdeployment",
    ),
    AlertRule(
        "TelecomFreezerSlow",
        f"histogram_quantile(0.99, sum by (le, {OF_PIPELINE})"
        f" (rate({names.FREEZER_ALERT_TO_DECISION_SECONDS}_bucket[10m]))) > 60",
        10,
        "warning",
        f"Accounts in {_PIPELINE} are frozen more than a minute after the alert.",
        "kubectl -n {{ $labels.namespace }} logs deployment/{{ $labels.pipeline }}-account-freezer",
    ),
    AlertRule(
        "TelecomFreezerActionsUnpublished",
        f"max by ({OF_PIPELINE}) ({names.FREEZER_UNPUBLISHED_ACTIONS}) > 0",
        10,
        "warning",
        f"Actions in {_PIPELINE} are in the audit but not in Kafka.",
        "kubectl -n {{ $labels.namespace }} logs deployment/{{ $labels.pipeline }}-account-freezer",
    ),
    AlertRule(
        "TelecomGateFailed",
        f"max by ({OF_PIPELINE}, gate, owner) ({names.GATE_OUTCOME}) == 2",
        0,
        "critical",
        f"Gate {{{{ $labels.gate }}}} of {_PIPELINE} failed: nothing new is published. Owner: {{{{ $labels.owner }}}}.",
        "SELECT evidence FROM audit.gate_results WHERE gate = '{{ $labels.gate }}' ORDER BY checked_at DESC LIMIT 1",
    ),
)


def rule_groups() -> dict[str, Any]:
    """Content of a Prometheus rule file."""
    groups = (("telecom-operator", OPERATOR_RULES), ("telecom-data", DATA_RULES))
    return {"groups": [{"name": name, "rules": [_rule(rule) for rule in rules]} for name, rules in groups]}


def _rule(rule: AlertRule) -> dict[str, Any]:
    return {
        "alert": rule.name,
        "expr": rule.expression,
        "for": f"{rule.minutes}m",
        "labels": {"severity": rule.severity},
        "annotations": {"summary": rule.summary, "action": rule.action},
    }
