"""The fifteen gates: what they say, in which unit, who owns them, and whether people may accept what they refuse. Their
limits are in `contracts.gate_settings`.

A gate whose unit is a "share of" something compares with parameters of its own, so that subjects with different limits
(streams and nightly batches, late events and dead letters) can be judged together.
"""

from contracts.gate_settings import GateSettings
from jobs.nightly.gates.gate import Gate, GateRule, Layer

DATA_PLATFORM = "data-platform"
NETWORK = "network-operations"
FINANCE = "finance"
FRAUD = "fraud-operations"
PRIVACY = "privacy-office"


_GATES: tuple[GateRule, ...] = (
    GateRule(
        1,
        "completeness",
        Layer.BRONZE,
        "Every offset that the sink read is a row, a dead letter or without a record, and no commit leaves a gap",
        "records missing",
        DATA_PLATFORM,
        is_acceptable=False,
    ),
    GateRule(
        2,
        "uniqueness",
        Layer.ALL,
        "No Kafka position twice in bronze, no event twice in silver and quarantine, no key twice in gold",
        "rows too many",
        DATA_PLATFORM,
        is_acceptable=False,
    ),
    GateRule(
        3,
        "freshness",
        Layer.BRONZE,
        "Streams arrived and batches were looked at lately, per topic, region and table; quiet hours count for less",
        "share of the allowed age",
        DATA_PLATFORM,
        is_acceptable=True,
    ),
    GateRule(
        4,
        "volume",
        Layer.SILVER,
        "Events of a topic in a day's closed hours against what is usual; silent hours are named, a silent day fails",
        "deviation from what is usual",
        NETWORK,
        is_acceptable=True,
    ),
    GateRule(
        5,
        "schema",
        Layer.BRONZE,
        "Bronze tables have the columns of the contract; a removed or retyped column blocks, a new one warns",
        "1 breach, 0.5 addition",
        DATA_PLATFORM,
        is_acceptable=False,
    ),
    GateRule(
        6,
        "validity",
        Layer.SILVER,
        "Share of rows in quarantine, and of the CRM's rows that are held back; each reason of the latter is named",
        "share of rows",
        NETWORK,
        is_acceptable=True,
    ),
    GateRule(
        7,
        "distribution",
        Layer.SILVER,
        "Population stability index of a day's durations, charges and termination causes against days before",
        "PSI",
        FINANCE,
        is_acceptable=True,
    ),
    GateRule(
        8,
        "referential",
        Layer.GOLD,
        "Share of calls, messages, sessions and readings whose customer, tower or region the dimensions do not know",
        "share of rows",
        FINANCE,
        is_acceptable=True,
    ),
    GateRule(
        9,
        "customer_history",
        Layer.GOLD,
        "Versions of a customer have no hole and no overlap, one is current, none is empty; a number has one owner",
        "versions at fault",
        DATA_PLATFORM,
        is_acceptable=False,
    ),
    GateRule(
        10,
        "reconciliation",
        Layer.GOLD,
        "Every fact and sum of gold equals what it was made from; bronze equals silver, copies and quarantine",
        "rows, seconds, bytes or dollars apart",
        FINANCE,
        is_acceptable=False,
    ),
    GateRule(
        11,
        "late_and_dead_letters",
        Layer.BRONZE,
        "Share of late records and of dead letters that were not replayed, per topic",
        "share of the allowed share",
        DATA_PLATFORM,
        is_acceptable=True,
    ),
    GateRule(
        12,
        "personal_data",
        Layer.GOLD,
        "No phone number, SIM identity or mail address in any text column of gold",
        "values found",
        PRIVACY,
        is_acceptable=False,
    ),
    GateRule(
        13,
        "fraud_health",
        Layer.BRONZE,
        "Alerts per thousand active subscribers are not too many; none is suspicious where some are usual",
        "share of the allowed alerts",
        FRAUD,
        is_acceptable=True,
    ),
    GateRule(
        14,
        "maintenance",
        Layer.ALL,
        "Data files per partition and delete files per data file stay low",
        "share of the limit",
        DATA_PLATFORM,
        is_acceptable=True,
    ),
    GateRule(
        15,
        "lineage",
        Layer.ALL,
        "What the run's statements read is pinned to the snapshots that the run names, and every output has one",
        "datasets without snapshot",
        DATA_PLATFORM,
        is_acceptable=False,
    ),
)
GATE_NAMES = tuple(rule.name for rule in _GATES)


def gates_with(settings: GateSettings) -> tuple[Gate, ...]:
    """All gates in their order, with their limits."""
    limits = settings.by_name
    return tuple(
        Gate(**vars(rule), warn_above=limits[rule.name].warn_above, block_above=limits[rule.name].block_above)
        for rule in _GATES
    )
