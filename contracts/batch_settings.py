"""Settings of the batch jobs: CRM simulator, CRM ingestor, nightly run. Credentials come from the environment."""

import datetime as dt
from pathlib import Path

from contracts.calendar import Calendar
from contracts.gate_settings import GateSettings
from contracts.settings import CatalogConnection, KafkaConnection, S3Connection, Settings
from contracts.topics import EVENT_MODEL_BY_TOPIC


class PostgresConnection(Settings):
    """A PostgreSQL database; user and password come from CRM_USERNAME and CRM_PASSWORD."""

    host: str
    port: int
    database: str
    ssl_mode: str = "prefer"


class CrmSimulatorSettings(Settings):
    """A CRM and billing database of `customer_count` subscribers that lives from `first_day` on, and an inventory of
    the network's first `tower_count` towers.
    """

    database: PostgresConnection
    seed: int
    customer_count: int
    tower_count: int
    first_day: dt.date


class CrmIngestSettings(Settings):
    """What `crm_batch_ingestor` needs."""

    database: PostgresConnection
    s3: S3Connection
    catalog: CatalogConnection


class TrinoConnection(Settings):
    """Trino over HTTPS; user and password come from TRINO_USERNAME and TRINO_PASSWORD.

    `ca_file` has the authority that vouches for its certificate; None means those that the system trusts.
    """

    host: str
    port: int
    catalog: str = "iceberg"
    ca_file: Path | None = None


class DbtSettings(Settings):
    """Where dbt and its project are. `python` is the interpreter of dbt's own environment (environments/dbt)."""

    python: Path
    project_directory: Path
    target_directory: Path
    threads: int = 4


class NightlySettings(Settings):
    """What the nightly run needs: silver, gold, gates, publication.

    `topics` are those that the pipeline has: the gates expect nothing of others. `query_memory_bytes` is what Trino
    lets a query hold (`query.max-memory`): what a night has to do is cut into statements that fit.
    """

    trino: TrinoConnection
    s3: S3Connection
    catalog: CatalogConnection
    dbt: DbtSettings
    query_memory_bytes: int = 512 * 2**20
    calendar: Calendar = Calendar()
    lookback_days: int = 3
    gates: GateSettings = GateSettings()
    topics: tuple[str, ...] = tuple(EVENT_MODEL_BY_TOPIC)


class GateAcceptanceSettings(Settings):
    """What it takes to record that a person accepted what a gate refuses. Days are those of `calendar`."""

    s3: S3Connection
    catalog: CatalogConnection
    calendar: Calendar = Calendar()


class EraseSettings(Settings):
    """What `privacy` needs to erase a person everywhere; without `kafka` its topics are left alone. The country of
    `calendar` says how phone numbers are written.
    """

    kafka: KafkaConnection | None = None
    calendar: Calendar = Calendar()

    database: PostgresConnection
    trino: TrinoConnection
    s3: S3Connection
    catalog: CatalogConnection


class ChurnGates(Settings):
    """Limits within which churn scores are shown.

    `min_auc` is of outcomes that the model has not seen (0.5 is chance; one above it must be more than chance with its
    standard error, too). `min_coverage` is the least share that has a score of those who have had an open account, and
    consent, since before the features' date. `max_drift` is the population stability index against the scores shown
    now, as far as it does not follow from more or fewer customers leaving.
    """

    min_auc: float = 0.55
    min_coverage: float = 0.95
    max_drift: float = 0.25
    max_feature_age_days: int = 7


class ChurnSettings(Settings):
    """What the churn score job needs: published features in, published scores out, to readers and to the CRM.

    `trino` makes the view through which readers see the scores. `horizon_days` is how far a score looks ahead, as the
    features' outcomes do.
    """

    database: PostgresConnection
    trino: TrinoConnection
    s3: S3Connection
    catalog: CatalogConnection
    seed: int = 0
    horizon_days: int = 30
    gates: ChurnGates = ChurnGates()
