"""Settings files of the jobs: written by the operator as ConfigMaps, read by the jobs with the same models.

A job gets one JSON file (`--settings FILE`). The file holds coordinates, never credentials: those come from the
environment variables that `contracts.environment` names, which a manifest fills from Secrets.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.event_start import StartTime


class Settings(BaseModel):
    """Closed, immutable settings: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaConnection(Settings):
    """How to reach Kafka. With `username` set, SCRAM-SHA-512 is used; with `ca_file` set, TLS is."""

    bootstrap_servers: str
    username: str | None = None
    ca_file: Path | None = None


class S3Connection(Settings):
    """An S3 endpoint and the place of the warehouse in it."""

    endpoint: str
    region: str
    bucket: str
    prefix: str = ""
    path_style: bool = True

    @property
    def warehouse(self) -> str:
        """Warehouse location, `s3://bucket/prefix` without a trailing slash."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


class JdbcCatalog(Settings):
    """Iceberg JDBC catalog on PostgreSQL (schema version V1, so that views work)."""

    type: Literal["jdbc"] = "jdbc"
    name: str
    host: str
    port: int
    database: str
    ssl_mode: str = "prefer"


class RestCatalog(Settings):
    """Iceberg REST catalog that commits several tables as one act."""

    type: Literal["rest"] = "rest"
    name: str
    uri: str
    warehouse: str | None = None


CatalogConnection = Annotated[JdbcCatalog | RestCatalog, Field(discriminator="type")]


class SinkSettings(Settings):
    """What `kafka_to_bronze` needs. Commits when `commit_bytes` or `commit_interval_seconds` is reached."""

    kafka: KafkaConnection
    s3: S3Connection
    catalog: CatalogConnection
    consumer_group: str
    topics: tuple[str, ...]
    namespace: str = "bronze"
    commit_bytes: int
    commit_interval_seconds: float


class FaultRates(Settings):
    """Shares of events that the generator spoils on purpose, each 0 to 1; the ledger counts them.

    A record has at most one fault, so the shares must not add up to more than 1.
    """

    duplicate: float = Field(default=0.0, ge=0, le=1)
    late: float = Field(default=0.0, ge=0, le=1)
    out_of_order: float = Field(default=0.0, ge=0, le=1)
    malformed: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _one_fault_per_record(self) -> Self:
        total = self.duplicate + self.late + self.out_of_order + self.malformed
        if total > 1:
            raise ValueError(
                f"the fault rates add up to {total:g}; a record has at most one fault, so they must not exceed 1"
            )
        return self


class FraudRates(Settings):
    """Planted frauds per hour of event time and 100,000 subscribers."""

    impossible_travel: float = Field(default=0.0, ge=0)
    call_velocity: float = Field(default=0.0, ge=0)


class ProducerSettings(Settings):
    """What all producers need."""

    kafka: KafkaConnection
    seed: int


class CdrSettings(ProducerSettings):
    """Calls, SMS and data sessions of `subscriber_count` subscribers, `events_per_second` in all.

    With the diurnal load curve that rate is the day's mean; with the flat one it holds at all hours.
    """

    events_per_second: float
    load_curve: Literal["flat", "diurnal"] = "flat"
    subscriber_count: int
    tower_count: int
    faults: FaultRates = FaultRates()
    frauds: FraudRates = FraudRates()


class CdrProducerSettings(CdrSettings):
    """Without `duration_seconds`, traffic goes on until it is stopped."""

    duration_seconds: float | None = None


class CdrHistorySettings(CdrSettings):
    """Traffic from `start_time` (see `contracts.event_start`) until the moment at which it is sent.

    An event second takes `1 / speed` seconds; without `speed`, events go as fast as the broker takes them. Only the
    first `user_count` honest subscribers use the network.
    """

    start_time: StartTime
    speed: float | None = Field(default=None, gt=0)
    user_count: int = Field(ge=1)


class NetworkProbeProducerSettings(ProducerSettings):
    """One reading per tower every `interval_seconds`. Without `duration_seconds`, they go on until it is stopped."""

    duration_seconds: float | None = None
    tower_count: int
    interval_seconds: float = 1.0
    faults: FaultRates = FaultRates()


class FraudDetectionSettings(Settings):
    """What `fraud_detection` needs; checkpoints, state backend and restarts are Flink's configuration, not the job's.

    `transaction_timeout_seconds` bounds how long the job may be down without losing alerts that it counts as sent. It
    is above checkpoint interval + checkpoint timeout, and at most the broker's `transaction.max.timeout.ms` (15 minutes
    unless changed). `transactional_id_prefix` is the job's own: two jobs with the same one would fence each other off.
    """

    kafka: KafkaConnection
    consumer_group: str
    transactional_id_prefix: str
    call_topic: str = "call_events"
    sms_topic: str = "sms_events"
    alert_topic: str = "fraud_alerts"
    rule_topic: str = "fraud_rules"
    rule_report_topic: str = "fraud_rule_reports"
    transaction_timeout_seconds: int = Field(default=900, ge=1)
    max_out_of_orderness_seconds: int = Field(default=60, ge=0, description="How far the watermark stays behind")
    idle_partition_seconds: int = Field(default=30, ge=1, description="How long to wait for a silent partition")
    max_clock_skew_seconds: int = Field(
        default=3600, ge=0, description="An event that lies further in the future is left out"
    )
