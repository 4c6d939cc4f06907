"""Parameters of every fraud rule: ranges, defaults and meaning, declared here and nowhere else.

The defaults and the JSON schema that the Flink job carries are generated from these models
(`python -m contracts.fraud_rules`), so that Java refuses exactly what Python refuses. Where the trade publishes
thresholds, these are used; each docstring says which pattern the rule looks for.
"""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from contracts.events import FraudRule

_DAY_SECONDS = 86_400
# Counts are bounded because a rule keeps that many calls per key in its state.
_MAX_TRACKED_CALLS = 500

WindowSeconds = Annotated[int, Field(ge=1, le=_DAY_SECONDS)]
LatenessSeconds = Annotated[
    int, Field(ge=0, le=_DAY_SECONDS, description="An event this much older than the newest of its key still counts")
]
CooldownSeconds = Annotated[
    int, Field(ge=0, le=30 * _DAY_SECONDS, description="Event time after an alert in which the rule stays silent")
]
Share = Annotated[float, Field(ge=0, le=1)]
# Country code and following digits of an E.164 number.
DialPrefix = Annotated[str, Field(pattern="^[1-9][0-9]{0,11}$")]

# Country codes and global ranges that industry fraud bulletins name most often as revenue-share destinations:
# satellite and global networks, international premium rate, small costly islands, countries with hijacked ranges.
_HIGH_COST_PREFIXES = ("232", "247", "252", "371", "372", "53", "675", "677", "678", "870", "881", "882", "883", "979")


class RuleParameters(BaseModel):
    """Closed and immutable: an unknown parameter is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: ClassVar[FraudRule]


class ImpossibleTravelParameters(RuleParameters):
    """One SIM at two places that no airliner connects in the time between: a cloned SIM or stolen credentials."""

    rule: ClassVar[FraudRule] = FraudRule.IMPOSSIBLE_TRAVEL

    min_speed_kmh: float = Field(default=1000.0, ge=100, le=50_000, description="Above an airliner's ground speed")
    min_distance_km: float = Field(default=100.0, ge=1, le=20_037, description="After both tower radii are subtracted")
    tower_radius_km: float = Field(
        default=35.0, ge=0, le=100, description="Reach of a cell (35 km: GSM timing advance)"
    )
    max_gap_seconds: int = Field(
        default=2 * _DAY_SECONDS, ge=60, le=7 * _DAY_SECONDS, description="Compared up to here"
    )
    # Half the equator at the default speed takes 20 hours: the way back within a day belongs to the same episode.
    cooldown_seconds: CooldownSeconds = _DAY_SECONDS


class CallVelocityParameters(RuleParameters):
    """More calls than a person makes: an auto-dialler, a SIM box or a hijacked account."""

    rule: ClassVar[FraudRule] = FraudRule.CALL_VELOCITY

    max_calls: int = Field(default=25, ge=1, le=_MAX_TRACKED_CALLS, description="One more than this fires")
    count_received_calls: bool = Field(default=True, description="False leaves hotlines alone: only calls made count")
    window_seconds: WindowSeconds = 1800
    allowed_lateness_seconds: LatenessSeconds = 7200
    cooldown_seconds: CooldownSeconds = 3600


class SimBoxParameters(RuleParameters):
    """One device with many SIMs calls many strangers from one cell and is hardly ever called."""

    rule: ClassVar[FraudRule] = FraudRule.SIM_BOX

    min_calls: int = Field(default=30, ge=2, le=_MAX_TRACKED_CALLS, description="Consecutive calls that are judged")
    window_seconds: WindowSeconds = 3600
    min_imsis: int = Field(default=3, ge=1, le=_MAX_TRACKED_CALLS, description="Different SIMs in the device")
    min_distinct_callee_share: Share = 0.8
    max_incoming_share: Share = 0.1
    max_cells: int = Field(
        default=1, ge=1, le=_MAX_TRACKED_CALLS, description="Different cells: a SIM box stands still"
    )
    allowed_lateness_seconds: LatenessSeconds = 7200
    cooldown_seconds: CooldownSeconds = _DAY_SECONDS


class WangiriParameters(RuleParameters):
    """One number rings many subscribers for a moment, and they call the expensive number back."""

    rule: ClassVar[FraudRule] = FraudRule.WANGIRI

    burst_calls: int = Field(default=20, ge=2, le=_MAX_TRACKED_CALLS, description="Consecutive calls that are judged")
    window_seconds: WindowSeconds = 1800
    min_victims: int = Field(default=15, ge=1, le=_MAX_TRACKED_CALLS, description="Different subscribers called")
    short_call_seconds: int = Field(default=5, ge=0, le=60, description="A bait lasts no longer")
    min_short_share: Share = 0.9
    callback_window_seconds: int = Field(default=_DAY_SECONDS, ge=60, le=7 * _DAY_SECONDS)
    min_callbacks: int = Field(default=3, ge=1, le=100, description="Different subscribers who called back")
    allowed_lateness_seconds: LatenessSeconds = 7200
    cooldown_seconds: CooldownSeconds = _DAY_SECONDS


class RevenueShareParameters(RuleParameters):
    """International revenue share fraud (IRSF): long or parallel calls to numbers whose operator shares the fee."""

    rule: ClassVar[FraudRule] = FraudRule.IRSF

    prefixes: tuple[DialPrefix, ...] = Field(default=_HIGH_COST_PREFIXES, min_length=1, max_length=200)
    min_calls: int = Field(default=4, ge=2, le=_MAX_TRACKED_CALLS, description="Consecutive calls that are judged")
    window_seconds: WindowSeconds = 3600
    min_total_seconds: int = Field(default=1800, ge=1, le=10 * _DAY_SECONDS, description="Conversation of those calls")
    allowed_lateness_seconds: LatenessSeconds = 7200
    cooldown_seconds: CooldownSeconds = 6 * 3600


class SimSwapParameters(RuleParameters):
    """The number moved to another SIM and at once receives a burst of messages (one-time codes, password resets)."""

    rule: ClassVar[FraudRule] = FraudRule.SIM_SWAP

    min_sms: int = Field(default=5, ge=2, le=_MAX_TRACKED_CALLS, description="Messages received in the window")
    window_seconds: WindowSeconds = 1800
    watch_seconds: int = Field(default=_DAY_SECONDS, ge=60, le=7 * _DAY_SECONDS, description="Watched after the change")
    allowed_lateness_seconds: LatenessSeconds = 7200
    cooldown_seconds: CooldownSeconds = _DAY_SECONDS


AnyRuleParameters = (
    ImpossibleTravelParameters
    | CallVelocityParameters
    | SimBoxParameters
    | WangiriParameters
    | RevenueShareParameters
    | SimSwapParameters
)

PARAMETER_MODELS: dict[FraudRule, type[AnyRuleParameters]] = {
    model.rule: model
    for model in (
        ImpossibleTravelParameters,
        CallVelocityParameters,
        SimBoxParameters,
        WangiriParameters,
        RevenueShareParameters,
        SimSwapParameters,
    )
}
