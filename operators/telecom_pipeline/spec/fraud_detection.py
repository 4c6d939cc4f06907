"""`spec.fraudDetection`: the Flink job that finds fraud, its rules, and the freezer that acts on its alerts."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events import AlertSeverity, FraudRule
from operators.telecom_pipeline.spec.base import Resources, SpecModel, profile_default
from operators.telecom_pipeline.spec.fraud_rules import FraudRules
from operators.telecom_pipeline.spec.storage import PREFIX_PATTERN, PostgresDatabase

MSISDN_PATTERN = r"^[1-9][0-9]{4,14}$"
AUTOSCALER_PREFIX = "job.autoscaler."

Seconds = Annotated[float, Field(ge=0.1, le=86_400)]
Cooldown = Annotated[int, Field(ge=0, le=365 * 86_400)]
Msisdn = Annotated[str, Field(pattern=MSISDN_PATTERN, max_length=15)]


class TaskManager(SpecModel):
    """The processes that run the job's tasks."""

    slots: Annotated[int, Field(ge=1, le=64)] = Field(
        default=2, description="Parallel slices of the job that one TaskManager runs."
    )
    resources: Resources | None = profile_default(
        {"cpu": "1", "memory": "1536Mi"},
        {"cpu": "2", "memory": "4Gi"},
        description="What each TaskManager may use.",
    )


class JobManager(SpecModel):
    """The process that coordinates the job."""

    resources: Resources | None = profile_default(
        {"cpu": "500m", "memory": "1Gi"},
        {"cpu": "1", "memory": "2Gi"},
        description="What the JobManager may use.",
    )


class Restart(SpecModel):
    """How a failed job is restarted: soon at first, then at growing intervals."""

    initial_backoff_seconds: Seconds = Field(default=1.0, description="Seconds before the first restart.")
    max_backoff_seconds: Seconds = Field(default=60.0, description="Longest time, in seconds, between two restarts.")
    reset_after_seconds: Seconds = Field(
        default=600.0, description="Seconds without a failure after which the intervals start small again."
    )


class FreezePolicy(SpecModel):
    """Which alerts freeze an account automatically; all others are left to people."""

    min_severity: AlertSeverity = Field(
        default=AlertSeverity.CRITICAL, description="Lowest severity at which an alert freezes an account."
    )
    rules: list[FraudRule] = Field(
        default=list(FraudRule), max_length=len(FraudRule), description="Rules whose alerts may freeze an account."
    )
    allowed_msisdns: list[Msisdn] = Field(
        default=[], max_length=10_000, description="Subscribers who are never frozen, as E.164 numbers without '+'."
    )
    cooldown_seconds: Cooldown = Field(
        default=3600, description="Seconds after an unfreeze during which no alert freezes the account again."
    )
    false_positive_cooldown_seconds: Cooldown = Field(
        default=30 * 86_400,
        description="Seconds after a false positive during which alerts of that rule do not freeze that account.",
    )
    dry_run: bool = Field(default=False, description="Whether to only record decisions and leave accounts alone.")


class AccountFreezer(SpecModel):
    """Freezes accounts in the CRM on alerts and keeps an audit; people can undo it."""

    crm: PostgresDatabase = Field(description="The CRM database, PostgreSQL.")
    policy: FreezePolicy = Field(default=FreezePolicy(), description="Which alerts freeze an account automatically.")
    resources: Resources = Field(
        default=Resources(cpu="100m", memory="256Mi"), description="What the freezer's pod may use."
    )


class FraudDetection(SpecModel):
    """The Flink job that finds fraud in calls and SMS. Giving this section turns it on; it needs the source `cdr`."""

    parallelism: Annotated[int, Field(ge=1, le=1000)] | None = profile_default(
        2, 4, description="Parallel slices of the job; at most the partitions of the topic call_events."
    )
    task_manager: TaskManager = Field(default=TaskManager(), description="The processes that run the job's tasks.")
    job_manager: JobManager = Field(default=JobManager(), description="The process that coordinates the job.")
    checkpoint_interval_seconds: Annotated[float, Field(ge=0.1, le=300)] = Field(
        default=0.5, description="Seconds between checkpoints. An alert is visible after the next one."
    )
    state_prefix: Annotated[str, Field(pattern=PREFIX_PATTERN, min_length=1, max_length=200)] = Field(
        default="flink", description="Folder of checkpoints and savepoints, below the folder of the warehouse."
    )
    upgrade_mode: Literal["savepoint", "last-state"] = Field(
        default="savepoint",
        description="How the state survives a change: `savepoint` stops the job with a savepoint, `last-state` takes "
        "the newest checkpoint, which is faster and also works when the job is not running.",
    )
    restart: Restart = Field(default=Restart(), description="How a failed job is restarted.")
    autoscaler: dict[str, str] = Field(
        default={},
        max_length=50,
        description=f"Settings of the Flink operator's autoscaler, without the prefix `{AUTOSCALER_PREFIX}`.",
    )
    rules: FraudRules = Field(
        default=FraudRules(),
        description="The rules, each on or off, with its thresholds. A change reaches the running job.",
    )
    account_freezer: AccountFreezer | None = Field(
        default=None, description="Freezes accounts in the CRM on alerts. If absent, alerts are only reported."
    )
