"""`status` of a TelecomPipeline."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from operators.telecom_pipeline.children.child_state import State
from operators.telecom_pipeline.objects.timestamps import Timestamp
from operators.telecom_pipeline.spec.base import SpecModel
from operators.telecom_pipeline.upgrade.record import Upgrade, UpgradeStep


class ConditionType(StrEnum):
    """What a condition is about."""

    READY = "Ready"
    PROGRESSING = "Progressing"
    DEGRADED = "Degraded"
    PAUSED = "Paused"
    UPGRADING = "Upgrading"
    BRONZE_FRESH = "BronzeFresh"
    LAG_BOUNDED = "LagBounded"
    PUBLISHED = "Published"


# Conditions about the data, which do not influence Ready.
DATA_CONDITIONS = (ConditionType.BRONZE_FRESH, ConditionType.LAG_BOUNDED, ConditionType.PUBLISHED)


class Reason(StrEnum):
    """Why a condition has its status, for programs; the message is for people."""

    ALL_STAGES_READY = "AllStagesReady"
    STAGES_NOT_READY = "StagesNotReady"
    SUSPENDED = "Suspended"
    INVALID_SPEC = "InvalidSpec"
    STAGE_STARTING = "StageStarting"
    SETTLED = "Settled"
    CHILD_FAILED = "ChildFailed"
    APPLY_FAILED = "ApplyFailed"
    HEALTHY = "Healthy"
    PAUSED_BY_SPEC = "PausedBySpec"
    NOT_PAUSED = "NotPaused"
    DELETING = "Deleting"
    DRY_RUN = "DryRun"
    UP_TO_DATE = "UpToDate"
    UPGRADE_RUNNING = "UpgradeRunning"
    UPGRADE_STALLED = "UpgradeStalled"
    ROLLING_BACK = "RollingBack"
    ROLLED_BACK = "RolledBack"
    WITHIN_LIMIT = "WithinLimit"
    BEYOND_LIMIT = "BeyondLimit"
    NO_FIGURES = "NoFigures"
    SOURCES_SILENT = "SourcesSilent"
    NOT_PUBLISHED_YET = "NotPublishedYet"
    PUBLICATION_FAILED = "PublicationFailed"


class Condition(SpecModel):
    """A condition in the form that Kubernetes uses."""

    type: ConditionType = Field(description="What the condition is about.")
    status: Literal["True", "False", "Unknown"] = Field(description="Whether it holds.")
    reason: Reason = Field(description="Why, in one word.")
    message: str = Field(description="Why, in a sentence.")
    observed_generation: int = Field(description="Generation of the resource that the condition is about.")
    last_transition_time: Timestamp = Field(description="When `status` last changed.")


class StageStatus(SpecModel):
    """The state of one stage."""

    name: str = Field(description="Name of the stage.")
    state: State = Field(description="State of the stage, which is that of its worst child.")
    reason: str = Field(description="Why, in one word; a child's own where it has one.")
    message: str = Field(description="Why, in a sentence; a child's own where it has one.")
    ready: str = Field(description="How many of the stage's children are ready, for example 8/9.")
    child: str = Field(description="The child that decides the state, for example KafkaTopic/demo-sms-events.")
    last_transition_time: Timestamp = Field(
        description="When `state` last changed, or when a reason began that is tolerated only for a while."
    )


class EndpointStatus(SpecModel):
    """Where things are, as observed."""

    kafka_bootstrap_servers: str = Field(default="", description="Bootstrap servers of Kafka.")
    s3_endpoint: str = Field(default="", description="URL of the object store.")
    catalog: str = Field(default="", description="The Iceberg catalog, for example jdbc://host:5432/database.")


class GateStatus(SpecModel):
    """What a gate of the nightly run said."""

    name: str = Field(description="Name of the gate.")
    layer: str = Field(description="Layer of the lake that it checks.")
    owner: str = Field(description="Who looks after it.")
    outcome: Literal["passed", "warned", "failed"] = Field(description="Verdict; a failed gate blocks publication.")
    value: float = Field(description="Worst reading, in the unit of the gate.")
    refused_days: list[str] = Field(default=[], description="Days that it refuses and that a person may accept.")
    accepted_days: list[str] = Field(default=[], description="Days that a person accepted although it refuses them.")


class NightlyStatus(SpecModel):
    """The last nightly run that came to a verdict."""

    run_id: str = Field(description="Id of the run in the tables audit.gate_results and audit.publications.")
    gates: list[GateStatus] = Field(description="Its gates, in the order of their numbers.")


class DataStatus(SpecModel):
    """What is known about the data. Figures are classes, so that the status of a working pipeline seldom changes."""

    lag: str = Field(default="", description="Records that wait in Kafka for the sink, for example <10k.")
    freshness: str = Field(default="", description="Age of the newest event in bronze, for example <5m.")
    last_publication_time: Timestamp | None = Field(
        default=None, description="When the last nightly run that published ended."
    )
    nightly: NightlyStatus | None = Field(
        default=None, description="The last nightly run whose gates came to a verdict, whether it published or not."
    )


class PlannedChange(SpecModel):
    """What would be done to one child."""

    action: Literal["create", "update", "delete"] = Field(description="What would be done.")
    child: str = Field(description="The child, for example Deployment/demo-kafka-to-bronze.")
    diff: str = Field(description="The lines that an update would change, cut off if there are many.")


class DryRunStatus(SpecModel):
    """What would be done if `spec.mode` were Apply."""

    changes: list[PlannedChange] = Field(description="Children that would be created, changed or deleted.")
    steps: list[UpgradeStep] = Field(description="Steps in which a running pipeline would be changed.")
    unknown: list[str] = Field(description="Stages whose children are not known yet, and what they wait for.")


class PipelineStatus(SpecModel):
    """What the operator last saw."""

    observed_generation: int = Field(description="Generation of the resource that this status is about.")
    stage: str = Field(
        description="The first stage that is not ready, or Running, Completed, Suspended, Invalid or Deleting."
    )
    conditions: list[Condition] = Field(
        description="Ready, Progressing, Degraded, Paused and Upgrading. About the data, and without influence on "
        "Ready: BronzeFresh, LagBounded and, with `spec.transform`, Published."
    )
    stages: list[StageStatus] = Field(description="The stages, in the order in which they start.")
    inventory: list[str] = Field(
        default=[], description="The children that exist, by kind in the order of starts, then by name."
    )
    endpoints: EndpointStatus = Field(description="Where things are, as observed.")
    data: DataStatus | None = Field(default=None, description="What is known about the data.")
    warnings: list[str] = Field(description="Warnings of children, which do not affect any state.")
    upgrade: Upgrade | None = Field(
        default=None, description="The last change to a running pipeline: its steps and their progress."
    )
    dry_run: DryRunStatus | None = Field(default=None, description="With `spec.mode: DryRun`, what would be done.")
