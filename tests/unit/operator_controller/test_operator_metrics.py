"""What Prometheus learns about a pipeline: its conditions, its own limits, and nothing once it is gone."""

from prometheus_client import CollectorRegistry

from operators.telecom_pipeline.controller.metrics import OperatorMetrics
from operators.telecom_pipeline.objects.manifest import Kind, Ref
from operators.telecom_pipeline.spec.monitoring import Monitoring

DEMO = Ref(Kind("telecom.dev/v1alpha1", "TelecomPipeline"), "telecom", "demo")
LABELS = {"namespace": "telecom", "pipeline": "demo"}


def status(fresh: str) -> dict[str, object]:
    return {"conditions": [{"type": "BronzeFresh", "status": fresh}], "stages": [{"name": "kafka", "ready": "1/2"}]}


def test_a_condition_has_one_status_at_a_time() -> None:
    registry = CollectorRegistry()
    metrics = OperatorMetrics(registry, lambda: 0.0)

    def shown() -> list[str]:
        labels = LABELS | {"type": "BronzeFresh"}
        name = "telecom_operator_pipeline_condition"
        values = {
            each: registry.get_sample_value(name, labels | {"status": each}) for each in ("True", "False", "Unknown")
        }
        assert set(values.values()) == {0.0, 1.0}
        return [each for each, value in values.items() if value]

    for fresh in ("Unknown", "True", "False"):
        metrics.show(DEMO, status(fresh))
        assert shown() == [fresh]


def test_limits_are_those_of_the_pipeline() -> None:
    registry = CollectorRegistry()
    limits = Monitoring(freshness_limit_seconds=60, lag_limit_records=5, publication_limit_seconds=7200)
    OperatorMetrics(registry, lambda: 0.0).show_limits(DEMO, limits)
    prefix = "telecom_operator_pipeline"
    assert registry.get_sample_value(f"{prefix}_lag_limit_records", LABELS) == 5
    assert registry.get_sample_value(f"{prefix}_freshness_limit_seconds", LABELS) == 60
    assert registry.get_sample_value(f"{prefix}_publication_limit_seconds", LABELS) == 7200


def test_a_pipeline_that_is_gone_is_not_shown() -> None:
    registry = CollectorRegistry()
    metrics = OperatorMetrics(registry, lambda: 0.0)
    metrics.show(DEMO, status("True"))
    metrics.show_limits(DEMO, Monitoring())
    metrics.forget(DEMO)
    assert not [sample for family in registry.collect() for sample in family.samples if "pipeline" in sample.labels]


def test_gates_of_the_last_nightly_run_are_told() -> None:
    registry = CollectorRegistry()
    metrics = OperatorMetrics(registry, lambda: 0.0)
    gates = [
        {"name": name, "layer": "gold", "owner": "data", "outcome": outcome, "value": 0.5}
        for name, outcome in (("volume", "passed"), ("freshness", "failed"))
    ]
    data = {"lastPublicationTime": "2026-03-01T12:00:00Z", "nightly": {"runId": "r1", "gates": gates}}
    metrics.show(DEMO, status("True") | {"data": data})

    def told(metric: str, gate: str) -> float | None:
        return registry.get_sample_value(metric, LABELS | {"gate": gate, "layer": "gold", "owner": "data"})

    assert (told("telecom_gate_outcome", "volume"), told("telecom_gate_outcome", "freshness")) == (0, 2)
    assert told("telecom_gate_value", "volume") == 0.5
    published = registry.get_sample_value("telecom_operator_pipeline_last_publication_time_seconds", LABELS)
    assert published == 1772366400
    metrics.forget(DEMO)
    assert told("telecom_gate_outcome", "volume") is None
