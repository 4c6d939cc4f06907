"""No field of the spec is decoration: each one, set to another value, changes the children or what is done to them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from operator_fixtures import NOW, changed, endpoints_of, pipeline_of, sample
from pydantic import BaseModel

from operators.telecom_pipeline.figures.sink_figures import SinkFigures
from operators.telecom_pipeline.objects.manifest import Manifest, ref_of
from operators.telecom_pipeline.objects.observed import Observed
from operators.telecom_pipeline.objects.timestamps import timestamp
from operators.telecom_pipeline.pipeline.storage_references import required_objects
from operators.telecom_pipeline.plan import make_plan, view_stages
from operators.telecom_pipeline.render import missing_endpoints, render
from operators.telecom_pipeline.render.transform import BATCH_JOBS, render_batch_run
from operators.telecom_pipeline.spec import PipelineSpec
from operators.telecom_pipeline.spec.fraud_rules import FraudRules
from operators.telecom_pipeline.spec.gates import Gates
from operators.telecom_pipeline.status.data import NightlyRun, report_data
from operators.telecom_pipeline.upgrade.evidence import policy_of
from operators.telecom_pipeline.validate.schema import section_model

RESOURCES = {"cpu": "300m", "memory": "768Mi"}
DIRECT_CATALOG = {"connection": {"host": "db", "database": "iceberg"}, "credentialsSecretRef": {"name": "a"}}
REST_CATALOG = {"rest": {"uri": "http://polaris:8181", "tokenSecretRef": {"name": "token"}}}

# Another value for each leaf; `with` is what has to be set before the leaf means anything.
OTHER_VALUES: dict[str, Any] = {
    "profile": "production",
    "paused": True,
    "mode": "DryRun",
    "upgrade.stepTimeoutSeconds": 7,
    "upgrade.automaticRollback": False,
    "desiredState": "Suspended",
    "deletionPolicy": "Delete",
    "monitoring.freshnessLimitSeconds": 7,
    "monitoring.lagLimitRecords": 7,
    "monitoring.publicationLimitSeconds": 77,
    "image.registry": "registry.example.com/other",
    "image.tag": "other",
    "image.pullPolicy": "Always",
    "kafka.version": "4.3.0",
    "kafka.brokers": 2,
    "kafka.tls": False,
    "kafka.storage.size": "20Gi",
    "kafka.storage.storageClass": "fast",
    "kafka.resources.cpu": "700m",
    "kafka.resources.memory": "3Gi",
    "kafka.topics.partitions": 5,
    "kafka.topics.replicas": 2,
    "kafka.topics.retentionHours": 5,
    "kafka.topics.deadLetterRetentionHours": 5,
    "kafka.topics.overrides.sms_events.partitions": 9,
    "kafka.topics.overrides.sms_events.retentionHours": 9,
    "storage.s3.endpoint": "http://elsewhere:9000",
    "storage.s3.connectionRef.name": "other",
    "storage.s3.credentialsSecretRef.name": "other",
    "storage.s3.bucket": "other",
    "storage.s3.prefix": "other",
    "storage.s3.region": "eu-central-1",
    "storage.s3.pathStyle": False,
    "storage.catalog.name": "other",
    "storage.catalog.jdbc.connection.host": "other",
    "storage.catalog.jdbc.connection.port": 6543,
    "storage.catalog.jdbc.connection.database": "other",
    "storage.catalog.jdbc.connectionRef.name": "other",
    "storage.catalog.jdbc.credentialsSecretRef.name": "other",
    "storage.catalog.jdbc.sslMode": "require",
    "storage.catalog.rest.uri": "http://other:8181",
    "storage.catalog.rest.warehouse": "other",
    "storage.catalog.rest.tokenSecretRef.name": "other",
    "sources.cdr.simulator.eventsPerSecond": 7,
    "sources.cdr.simulator.loadCurve": "diurnal",
    "sources.cdr.simulator.subscriberCount": 7,
    "sources.cdr.simulator.towerCount": 700,
    "sources.cdr.simulator.seed": 7,
    "sources.cdr.simulator.durationSeconds": 7,
    "sources.cdr.simulator.faults.duplicate": 0.07,
    "sources.cdr.simulator.faults.late": 0.07,
    "sources.cdr.simulator.faults.outOfOrder": 0.07,
    "sources.cdr.simulator.faults.malformed": 0.07,
    "sources.cdr.simulator.frauds.impossibleTravel": 7,
    "sources.cdr.simulator.frauds.callVelocity": 7,
    "sources.cdr.simulator.history.startTime": "P7D",
    "sources.cdr.simulator.history.speed": 7,
    "sources.cdr.simulator.history.subscriberCount": 7,
    "sources.cdr.simulator.history.eventsPerSecond": 7,
    "sources.cdr.simulator.history.faults.duplicate": 0.07,
    "sources.cdr.simulator.history.faults.late": 0.07,
    "sources.cdr.simulator.history.faults.outOfOrder": 0.07,
    "sources.cdr.simulator.history.faults.malformed": 0.07,
    "sources.cdr.simulator.history.frauds.impossibleTravel": 7,
    "sources.cdr.simulator.history.frauds.callVelocity": 7,
    "sources.cdr.simulator.resources.cpu": "700m",
    "sources.cdr.simulator.resources.memory": "3Gi",
    "sources.networkProbe.simulator.towerCount": 700,
    "sources.networkProbe.simulator.intervalSeconds": 7,
    "sources.networkProbe.simulator.seed": 7,
    "sources.networkProbe.simulator.durationSeconds": 7,
    "sources.networkProbe.simulator.faults.duplicate": 0.07,
    "sources.networkProbe.simulator.faults.late": 0.07,
    "sources.networkProbe.simulator.faults.outOfOrder": 0.07,
    "sources.networkProbe.simulator.faults.malformed": 0.07,
    "sources.networkProbe.simulator.resources.cpu": "700m",
    "sources.networkProbe.simulator.resources.memory": "3Gi",
    "bronze.replicas": 2,
    "bronze.commitIntervalSeconds": 7,
    "bronze.commitMebibytes": 7,
    "bronze.resources.cpu": "700m",
    "bronze.resources.memory": "3Gi",
    "fraudDetection.parallelism": 1,
    "fraudDetection.taskManager.slots": 7,
    "fraudDetection.taskManager.resources.cpu": "700m",
    "fraudDetection.taskManager.resources.memory": "3Gi",
    "fraudDetection.jobManager.resources.cpu": "700m",
    "fraudDetection.jobManager.resources.memory": "3Gi",
    "fraudDetection.checkpointIntervalSeconds": 7,
    "fraudDetection.statePrefix": "other",
    "fraudDetection.upgradeMode": "last-state",
    "fraudDetection.restart.initialBackoffSeconds": 7,
    "fraudDetection.restart.maxBackoffSeconds": 7,
    "fraudDetection.restart.resetAfterSeconds": 7,
    "fraudDetection.autoscaler": {"enabled": "true"},
    "fraudDetection.accountFreezer.crm.connection.host": "other",
    "fraudDetection.accountFreezer.crm.connection.port": 6543,
    "fraudDetection.accountFreezer.crm.connection.database": "other",
    "fraudDetection.accountFreezer.crm.connectionRef.name": "other",
    "fraudDetection.accountFreezer.crm.credentialsSecretRef.name": "other",
    "fraudDetection.accountFreezer.crm.sslMode": "require",
    "fraudDetection.accountFreezer.policy.minSeverity": "low",
    "fraudDetection.accountFreezer.policy.rules": ["irsf"],
    "fraudDetection.accountFreezer.policy.allowedMsisdns": ["12065550123"],
    "fraudDetection.accountFreezer.policy.cooldownSeconds": 7,
    "fraudDetection.accountFreezer.policy.falsePositiveCooldownSeconds": 7,
    "fraudDetection.accountFreezer.policy.dryRun": True,
    "fraudDetection.accountFreezer.resources.cpu": "700m",
    "fraudDetection.accountFreezer.resources.memory": "3Gi",
}


OTHER_VALUES |= {
    "transform.trino.connection.host": "other",
    "transform.trino.connection.port": 7070,
    "transform.trino.connectionRef.name": "other",
    "transform.trino.credentialsSecretRef.name": "other",
    "transform.trino.caSecretRef.name": "other",
    "transform.trino.queryMemory": "3Gi",
    "transform.crm.connection.host": "other",
    "transform.crm.connection.port": 6543,
    "transform.crm.connection.database": "other",
    "transform.crm.connectionRef.name": "other",
    "transform.crm.credentialsSecretRef.name": "other",
    "transform.crm.sslMode": "require",
    "transform.piiTokenKeySecretRef.name": "other",
    "transform.calendar.timeZone": "Europe/Berlin",
    "transform.calendar.country": "DE",
    "transform.calendar.subdivision": "CA",
    "transform.calendar.fiscalYearFirstMonth": 1,
    "transform.calendar.closesAfterMinutes": 7,
    "transform.churn.minAuc": 0.6,
    "transform.churn.minCoverage": 0.9,
    "transform.churn.maxDrift": 0.3,
    "transform.churn.maxFeatureAgeDays": 3,
    "transform.lookbackDays": 7,
    "transform.dbtThreads": 7,
    "transform.resources.cpu": "700m",
    "transform.resources.memory": "3Gi",
}


def another(value: Any) -> Any:
    """A value of the same type that every parameter of a rule takes."""
    if isinstance(value, bool):
        return not value
    return ["44"] if isinstance(value, list) else 0.5 if 0 < value < 1 else value + 1


# The parameters of the rules, as their contract declares them.
for rule_name, section in FraudRules().model_dump(mode="json", by_alias=True).items():
    OTHER_VALUES |= {f"fraudDetection.rules.{rule_name}.{name}": another(value) for name, value in section.items()}


def another_of_a_gate(name: str, value: Any) -> Any:
    """Another limit or parameter; the limit that warns stays below the one that blocks, and an absent one is given."""
    if name == "warnAbove":
        return 0.0 if value is None else value / 2 or 0.05
    if value is None:
        return 7.0
    return value * 1.5 if isinstance(value, float) and 0 < value < 1 else another(value)


for gate_name, section in Gates().model_dump(mode="json", by_alias=True).items():
    OTHER_VALUES |= {
        f"transform.gates.{gate_name}.{name}": another_of_a_gate(name, value) for name, value in section.items()
    }
OTHER_VALUES |= {
    "transform.gates.volume.weekendDays": [5, 6],
    "transform.gates.personalData.ignoredColumns": ["dim_customers.customer_id"],
}


def leaves(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        section = section_model(field.annotation)
        here = f"{path}{field.alias or name}"
        if section is None:
            yield here
        else:
            key = ".sms_events" if here == "kafka.topics.overrides" else ""
            yield from leaves(section, f"{here}{key}.")


def base_for(leaf: str) -> Manifest:
    """A sample, with the alternative section in it that the leaf belongs to."""
    base = sample("demo")
    if leaf.startswith("fraudDetection."):
        return fraud_base_for(leaf)
    if leaf == "storage.s3.endpoint":
        del base["spec"]["storage"]["s3"]["connectionRef"]
        base["spec"]["storage"]["s3"]["endpoint"] = "http://s3:9000"
    if leaf.startswith("storage.catalog.jdbc.connection."):
        base["spec"]["storage"]["catalog"] = {"jdbc": DIRECT_CATALOG}
    if leaf.startswith("transform.trino.connection."):
        del base["spec"]["transform"]["trino"]["connectionRef"]
        base["spec"]["transform"]["trino"]["connection"] = {"host": "trino"}
    if leaf.startswith("transform.crm.connection."):
        base["spec"]["transform"]["crm"] = DIRECT_CATALOG
    if leaf.startswith("storage.catalog.rest."):
        base["spec"]["storage"]["catalog"] = REST_CATALOG
    if leaf == "sources.networkProbe.simulator.towerCount":
        del base["spec"]["sources"]["cdr"]["simulator"]["towerCount"]
    if leaf == "kafka.topics.replicas":
        base = changed(base, "spec.kafka.brokers", 2)
    for section in ("kafka.resources", "bronze.resources", "transform.resources"):
        base = changed(base, f"spec.{section}", RESOURCES)
    return changed(changed(base, "spec.sources.cdr.simulator.resources", RESOURCES), *NETWORK_PROBE_RESOURCES)


def fraud_base_for(leaf: str) -> Manifest:
    base = sample("fraud")
    del base["spec"]["fraudDetection"]["rules"]
    for section in ("taskManager", "jobManager", "accountFreezer"):
        base = changed(base, f"spec.fraudDetection.{section}.resources", RESOURCES)
    if ".crm.connection." in leaf:
        base = changed(base, "spec.fraudDetection.accountFreezer.crm", DIRECT_CATALOG)
    return base


NETWORK_PROBE_RESOURCES = ("spec.sources.networkProbe.simulator.resources", RESOURCES)


PUBLISHED = {
    "status": {
        "conditions": [{"type": "Complete", "status": "True"}],
        "completionTime": timestamp(NOW - timedelta(minutes=10)),
    }
}


def effect(resource: Manifest) -> str:
    """Children, actions of a fresh pipeline, the objects looked at, the policy of upgrades, the verdicts: all there is.

    The copy of the spec itself is left out: it changes with every field and would prove nothing.
    """
    pipeline = pipeline_of(resource)
    references = {required.ref: None for required in required_objects(pipeline)}
    known = endpoints_of(pipeline)
    rendered = [manifest for manifest in render(pipeline, known) if not is_spec_copy(manifest)]
    views = view_stages(pipeline, Observed({}, references), missing_endpoints(pipeline, known), tuple(rendered))
    actions = make_plan(pipeline, views).actions
    rendered += [render_batch_run(pipeline, known, component) for component in BATCH_JOBS if pipeline.batch_jobs]
    refs = [str(ref_of(manifest)) for manifest in rendered]
    data = report_data(pipeline, (), SinkFigures(10, 10), NightlyRun(PUBLISHED), {}, NOW)
    looked_at = [*map(str, references), str(policy_of(pipeline, {}, NOW)), str(data)]
    return json.dumps([rendered, refs, [str(action.ref) for action in actions], looked_at])


def is_spec_copy(manifest: Manifest) -> bool:
    name: str = manifest["metadata"]["name"]
    return name.endswith("-accepted-spec")


def test_every_leaf_is_tried() -> None:
    assert set(leaves(PipelineSpec)) == set(OTHER_VALUES)


@pytest.mark.parametrize("leaf", OTHER_VALUES)
def test_another_value_changes_what_comes_of_the_pipeline(leaf: str) -> None:
    base = base_for(leaf)
    assert effect(changed(base, f"spec.{leaf}", OTHER_VALUES[leaf])) != effect(base)
