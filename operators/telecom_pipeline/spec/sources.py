"""`spec.sources`: where events come from."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.event_start import StartTime
from contracts.events import CallEvent, DataSessionEvent, NetworkProbeEvent, SmsEvent
from operators.telecom_pipeline.spec.base import Ratio, Resources, SpecModel

CDR_TOPICS = (CallEvent.topic, DataSessionEvent.topic, SmsEvent.topic)
NETWORK_PROBE_TOPICS = (NetworkProbeEvent.topic,)

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
DurationSeconds = Annotated[float, Field(ge=1)]
TowerCount = Annotated[int, Field(ge=2, le=99_999)]
PerHour = Annotated[float, Field(ge=0, le=1_000_000)]

DEFAULT_TOWER_COUNT = 500
TOWER_COUNT_DESCRIPTION = (
    "Number of towers in the pipeline's network. Both simulators share it, so the number of one holds for both; "
    f"without any it is {DEFAULT_TOWER_COUNT}."
)
SEED_DESCRIPTION = "Seed of the generator: the same seed and settings give the same events."
DURATION_DESCRIPTION = "Seconds after which the source is complete. If absent, it produces until it is stopped."
RESOURCES_DESCRIPTION = "What the simulator's pod may use."


class Faults(SpecModel):
    """Shares of the events that the generator spoils on purpose. The ledger accounts for each of them."""

    duplicate: Ratio = Field(default=0.0, description="Share sent twice.")
    late: Ratio = Field(default=0.0, description="Share sent long after its event time.")
    out_of_order: Ratio = Field(default=0.0, description="Share sent shortly after younger events.")
    malformed: Ratio = Field(default=0.0, description="Share that cannot be parsed or breaks the contract.")


class Frauds(SpecModel):
    """Frauds planted per hour of event time and 100,000 subscribers."""

    impossible_travel: PerHour = Field(default=0.0, description="SIMs used in two places too far apart.")
    call_velocity: PerHour = Field(default=0.0, description="Subscribers who make far too many calls.")


class CdrHistory(SpecModel):
    """Generates, before the simulator starts, what some of its subscribers did until then. Sent once, and quickly.

    The same day has the same events, whatever day the history begins with and when it is sent: to send it again adds
    nothing. Other changes give other events, beside those that are there.
    """

    start_time: StartTime = Field(
        default="P190D",
        description="When the history begins: at a moment (RFC 3339), or as many days or weeks ago as an ISO 8601 "
        "duration such as P92D or P13W says, at midnight UTC. The default covers the last complete quarter on any day.",
    )
    speed: Annotated[float, Field(ge=1, le=1_000_000_000)] | None = Field(
        default=None, description="Event seconds per second. If absent, events go as fast as Kafka takes them."
    )
    subscriber_count: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        default=300, description="How many of the simulator's honest subscribers have a history, at most all of them."
    )
    events_per_second: Annotated[float, Field(ge=0.0001, le=10_000)] = Field(
        default=0.035,
        description="Mean of a day, which has busy hours; calls, SMS and data sessions together. The default is ten "
        "events a day of each of 300 subscribers.",
    )
    faults: Faults = Field(default=Faults(), description="Events of the history that are spoiled on purpose.")
    frauds: Frauds = Field(default=Frauds(), description="Frauds that are planted in the history.")


class CdrSimulator(SpecModel):
    """Generates calls, SMS and data sessions of a population of subscribers."""

    events_per_second: Annotated[float, Field(ge=0.1, le=1_000_000)] = Field(
        default=100.0, description="Events per second, calls, SMS and data sessions together."
    )
    load_curve: Literal["flat", "diurnal"] = Field(
        default="flat",
        description="Whether the rate is the same at all hours, or the mean of a day that has busy hours.",
    )
    subscriber_count: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        default=10_000, description="Number of subscribers."
    )
    tower_count: TowerCount | None = Field(default=None, description=TOWER_COUNT_DESCRIPTION)
    seed: Seed = Field(default=1, description=SEED_DESCRIPTION)
    duration_seconds: DurationSeconds | None = Field(default=None, description=DURATION_DESCRIPTION)
    faults: Faults = Field(default=Faults(), description="Events that are spoiled on purpose.")
    frauds: Frauds = Field(default=Frauds(), description="Frauds that are planted.")
    history: CdrHistory | None = Field(
        default=None,
        description="What happened before the simulator started. Sources start when it has been sent.",
    )
    resources: Resources = Field(default=Resources(cpu="500m", memory="1Gi"), description=RESOURCES_DESCRIPTION)


class NetworkProbeSimulator(SpecModel):
    """Generates readings of towers."""

    tower_count: TowerCount | None = Field(default=None, description=TOWER_COUNT_DESCRIPTION)
    interval_seconds: Annotated[float, Field(ge=0.1, le=3600)] = Field(
        default=1.0, description="Seconds between two readings of a tower."
    )
    seed: Seed = Field(default=1, description=SEED_DESCRIPTION)
    duration_seconds: DurationSeconds | None = Field(default=None, description=DURATION_DESCRIPTION)
    faults: Faults = Field(default=Faults(), description="Readings that are spoiled on purpose.")
    resources: Resources = Field(default=Resources(cpu="250m", memory="512Mi"), description=RESOURCES_DESCRIPTION)


class CdrSource(SpecModel):
    """Topics `call_events`, `sms_events` and `data_session_events`. Without a simulator, others write to them."""

    simulator: CdrSimulator | None = Field(default=None, description="Generates the events.")


class NetworkProbeSource(SpecModel):
    """Topic `network_probe_events`. Without a simulator, others write to it."""

    simulator: NetworkProbeSimulator | None = Field(default=None, description="Generates the readings.")


class Sources(SpecModel):
    """Where events come from. A source that is absent has no topics; at least one must be given."""

    cdr: CdrSource | None = Field(default=None, description="Call detail records: calls, SMS and data sessions.")
    network_probe: NetworkProbeSource | None = Field(default=None, description="Readings of the towers.")
