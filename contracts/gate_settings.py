"""What each quality gate tolerates: limits and parameters, with their defaults, declared here and nowhere else.

`spec.transform.gates` is made from these models, and the nightly run gets them in its settings.
"""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator

from contracts.settings import Settings

Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[int, Field(ge=1, le=7 * 1440)]
Hours = Annotated[int, Field(ge=1, le=31 * 24)]
Days = Annotated[int, Field(ge=1, le=366)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
DigitCount = Annotated[int, Field(ge=6, le=20)]
IsoWeekday = Annotated[int, Field(ge=1, le=7)]
# `table.column` of gold, or `*.column`.
GoldColumn = Annotated[str, Field(pattern=r"^(\*|[a-z0-9_]+)\.[a-z0-9_]+$", examples=["dim_customers.customer_id"])]


def _limit(default: float | None, unit: str, verb: str) -> Any:
    never = "; unless it is set, the gate never does" if default is None else ""
    return Field(default=default, ge=0, description=f"Value ({unit}) above which the gate {verb}{never}.")


def _warns(default: float | None, unit: str) -> Any:
    return _limit(default, unit, "warns")


def _blocks(default: float | None, unit: str) -> Any:
    return _limit(default, unit, "keeps the numbers from being published")


class GateLimits(Settings):
    """Limits of one gate. A value above `warn_above` warns, one above `block_above` blocks; None means never."""

    warn_above: float | None
    block_above: float | None

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.warn_above is not None and self.block_above is not None and self.warn_above > self.block_above:
            raise ValueError(f"warn_above ({self.warn_above:g}) must be at most block_above ({self.block_above:g})")
        return self


class CompletenessGate(GateLimits):
    """Every Kafka offset is a row, a dead letter, an offset without a record or a loss that a person accepted."""

    warn_above: float | None = _warns(None, "records missing")
    block_above: float | None = _blocks(0, "records missing")


class UniquenessGate(GateLimits):
    """No Kafka position twice in bronze, no event twice in silver, no key twice in gold."""

    warn_above: float | None = _warns(None, "rows too many")
    block_above: float | None = _blocks(0, "rows too many")


class FreshnessGate(GateLimits):
    """Streams and batches have arrived lately; hours in which little usually arrives count for a part."""

    warn_above: float | None = _warns(1, "share of the allowed age")
    block_above: float | None = _blocks(3, "share of the allowed age")
    stream_max_age_minutes: Minutes = Field(default=60, description="Allowed age of a topic's newest arrival, minutes.")
    history_days: Days = Field(
        default=14, description="Days before the run's day that say how much usually arrives in which hour."
    )
    min_hourly_rows: Count = Field(
        default=10,
        description="An hour in which usually fewer rows of a stream arrive counts for as small a part of its age.",
    )
    batch_max_age_hours: Hours = Field(
        default=26, description="Allowed age of the last complete look at a table of CRM or billing, in hours."
    )


class VolumeGate(GateLimits):
    """Events of a topic in a day's closed hours against the same hours of comparable days; too many only warn."""

    warn_above: float | None = _warns(0.3, "deviation from what is usual, as a share of it")
    block_above: float | None = _blocks(0.5, "deviation from what is usual, as a share of it")
    history_days: Days = Field(default=28, description="Days before a day that say what is usual on it.")
    min_comparable_days: Count = Field(
        default=3,
        description="Days that say what is usual: as many same weekdays, or else working days, or free days, which are "
        "holidays and weekend days. With fewer, a deviation only warns.",
    )
    weekend_days: tuple[IsoWeekday, ...] = Field(
        default=(6, 7), description="Weekend days, as ISO numbers: 1 is Monday, 7 is Sunday."
    )
    usual_spread: Annotated[float, Field(ge=0, le=100)] = Field(
        default=3.0, description="Deviations of up to this many times the usual spread between days count as none."
    )
    min_hourly_rows: Count = Field(
        default=20, description="An hour that usually has fewer rows may be empty; rows per hour."
    )


class SchemaGate(GateLimits):
    """Bronze tables have the columns of their contract."""

    warn_above: float | None = _warns(0, "1 for a column removed or retyped, 0.5 for a new one")
    block_above: float | None = _blocks(0.5, "1 for a column removed or retyped, 0.5 for a new one")


class ValidityGate(GateLimits):
    """Few rows of silver are in quarantine, and few rows of the CRM are held back."""

    warn_above: float | None = _warns(0.001, "share of rows in quarantine or held back")
    block_above: float | None = _blocks(0.005, "share of rows in quarantine or held back")
    min_rows: Count = Field(default=10, description="Fewer rows in quarantine or held back than this are no breach.")


class DistributionGate(GateLimits):
    """Durations, charges and causes of the day's calls are spread as they were before."""

    warn_above: float | None = _warns(0.1, "population stability index")
    block_above: float | None = _blocks(0.25, "population stability index")
    history_days: Days = Field(default=7, description="Days before a day that it is compared with.")
    min_rows: Count = Field(default=300, description="Rows that both sides must have for a comparison.")


class ReferentialGate(GateLimits):
    """Facts point at a customer and a tower that were known at that time."""

    warn_above: float | None = _warns(0.002, "share of rows")
    block_above: float | None = _blocks(0.01, "share of rows")
    min_rows: Count = Field(default=10, description="Fewer rows at fault than this are no breach.")


class CustomerHistoryGate(GateLimits):
    """Versions in the dimensions follow each other without hole or overlap."""

    warn_above: float | None = _warns(None, "versions at fault")
    block_above: float | None = _blocks(0, "versions at fault")


class ReconciliationGate(GateLimits):
    """Every fact and every sum adds up to what it was made from."""

    warn_above: float | None = _warns(None, "rows, seconds, bytes and money apart")
    block_above: float | None = _blocks(0, "rows, seconds, bytes and money apart")


class LateAndDeadLettersGate(GateLimits):
    """Few records of the day arrive late, and few are dead letters that nobody has replayed."""

    warn_above: float | None = _warns(0.5, "share of the allowed share")
    block_above: float | None = _blocks(1, "share of the allowed share")
    late_after_minutes: Minutes = Field(
        default=60,
        description="Minutes, from when a record could have been sent until it arrives, after which it is late. As "
        "long a silence of the topic is an outage: records that it held up do not count.",
    )
    catch_up_share: Share = Field(
        default=0.25, description="Part of an outage's length that it may take to catch up with what it held up."
    )
    history_days: Days = Field(default=3, description="Days before the run's day in which outages are looked for.")
    max_late_share: Share = Field(default=0.05, description="Allowed share of late records per topic.")
    max_dead_letter_share: Share = Field(default=0.01, description="Allowed share of dead letters per topic.")
    min_rows: Count = Field(default=10, description="Fewer late records or dead letters than this are no breach.")


class PersonalDataGate(GateLimits):
    """No phone number, SIM identity or mail address is in a text column of gold."""

    warn_above: float | None = _warns(None, "values found")
    block_above: float | None = _blocks(0, "values found")
    min_digits: DigitCount = Field(default=10, description="Digits that a phone number has at least.")
    max_digits: DigitCount = Field(default=15, description="Digits that a phone number or SIM identity has at most.")
    ignored_columns: tuple[GoldColumn, ...] = Field(
        default=(),
        description="Columns, as `table.column` or `*.column`, whose values look like phone numbers but are none. Cell "
        "identities such as 310-260-7033-12345 in `tower_id` and `cell_id` are none anyway.",
    )


class FraudHealthGate(GateLimits):
    """There are neither far too many fraud alerts nor none where some are usual."""

    warn_above: float | None = _warns(0.99, "share of the allowed alerts; 1 for none where some are usual")
    block_above: float | None = _blocks(None, "share of the allowed alerts; 1 for none where some are usual")
    max_alerts_per_thousand: Annotated[float, Field(ge=0.001, le=1_000_000)] = Field(
        default=50.0, description="Allowed alerts per thousand active subscribers and day."
    )
    min_alerts: Count = Field(
        default=10, description="Fewer alerts than this are never too many; where fewer are usual, none are fine."
    )
    history_days: Days = Field(default=28, description="Days before a day that say how many alerts are usual.")


class MaintenanceGate(GateLimits):
    """Bronze is compacted often enough."""

    warn_above: float | None = _warns(1, "share of the limit")
    block_above: float | None = _blocks(None, "share of the limit")
    max_files_per_partition: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=200, description="Data files in one partition of a table."
    )
    max_delete_files_per_data_file: Annotated[float, Field(ge=0.001, le=1000)] = Field(
        default=0.5, description="Delete files per data file of a table."
    )


class LineageGate(GateLimits):
    """It is known which snapshot of every input was read, and which snapshot of every output was written."""

    warn_above: float | None = _warns(0, "datasets without a snapshot, or with another one")
    block_above: float | None = _blocks(None, "datasets without a snapshot, or with another one")


class GateSettings(Settings):
    """All fifteen gates, each by its name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    completeness: CompletenessGate = CompletenessGate()
    uniqueness: UniquenessGate = UniquenessGate()
    freshness: FreshnessGate = FreshnessGate()
    volume: VolumeGate = VolumeGate()
    # A model of pydantic has a method of the gate's name.
    schema_: SchemaGate = Field(default=SchemaGate(), alias="schema")
    validity: ValidityGate = ValidityGate()
    distribution: DistributionGate = DistributionGate()
    referential: ReferentialGate = ReferentialGate()
    customer_history: CustomerHistoryGate = CustomerHistoryGate()
    reconciliation: ReconciliationGate = ReconciliationGate()
    late_and_dead_letters: LateAndDeadLettersGate = LateAndDeadLettersGate()
    personal_data: PersonalDataGate = PersonalDataGate()
    fraud_health: FraudHealthGate = FraudHealthGate()
    maintenance: MaintenanceGate = MaintenanceGate()
    lineage: LineageGate = LineageGate()

    @property
    def by_name(self) -> dict[str, GateLimits]:
        """The gates in their order."""
        return {field.alias or name: getattr(self, name) for name, field in type(self).model_fields.items()}
