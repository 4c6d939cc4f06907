"""The simulators that a spec asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from contracts.settings import (
    CdrHistorySettings,
    CdrProducerSettings,
    FaultRates,
    FraudRates,
    KafkaConnection,
    NetworkProbeProducerSettings,
    ProducerSettings,
)
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.spec import PipelineSpec
from operators.telecom_pipeline.spec.base import Resources
from operators.telecom_pipeline.spec.sources import (
    CDR_TOPICS,
    DEFAULT_TOWER_COUNT,
    NETWORK_PROBE_TOPICS,
    CdrHistory,
    CdrSimulator,
    NetworkProbeSimulator,
    Sources,
)

# What does not change the records that a simulator sends.
_NOT_OF_THE_RUN = {"resources", "history"}


@dataclass(frozen=True)
class Simulator:
    """A simulator to run: `topics` are those that it writes events to, besides the ledger.

    A bounded one ends by itself; `run` is what it sends until then, as text. `settings` makes the file of its process.
    """

    component: str
    stage: Stage
    module: str
    topics: tuple[str, ...]
    is_bounded: bool
    run: str
    resources: Resources
    settings: Callable[[KafkaConnection], ProducerSettings]


def simulators_of(spec: PipelineSpec) -> tuple[Simulator, ...]:
    """Simulators in the order in which they start; empty when all events come from elsewhere."""
    sources, towers = spec.sources, network_tower_count(spec.sources)
    simulators = []
    if sources.cdr and (cdr := sources.cdr.simulator):
        if cdr.history:
            simulators.append(_history_simulator(cdr, cdr.history, towers))
        simulators.append(_cdr_simulator(cdr, towers))
    if sources.network_probe and (probes := sources.network_probe.simulator):
        simulators.append(_network_probe_simulator(probes, towers))
    return tuple(simulators)


def written_tower_counts(sources: Sources) -> tuple[int, ...]:
    """The numbers of towers that the simulators name. A valid pipeline has one network, so they are equal."""
    simulators = (source.simulator for source in (sources.cdr, sources.network_probe) if source)
    return tuple(simulator.tower_count for simulator in simulators if simulator and simulator.tower_count)


def network_tower_count(sources: Sources) -> int:
    """Number of towers in the network of a valid pipeline."""
    return max(written_tower_counts(sources), default=DEFAULT_TOWER_COUNT)


def _history_simulator(simulator: CdrSimulator, history: CdrHistory, tower_count: int) -> Simulator:
    settings = partial(_history_settings, simulator, history, tower_count)
    nowhere = KafkaConnection(bootstrap_servers="")
    return Simulator(
        component=names.CDR_HISTORY,
        stage=Stage.HISTORY,
        module="jobs.producers.cdr_history_producer",
        topics=CDR_TOPICS,
        is_bounded=True,
        # A setting that a later version adds does not send the history of an earlier one again.
        run=settings(nowhere).model_dump_json(exclude={"kafka", "speed"}, exclude_defaults=True),
        resources=simulator.resources,
        settings=settings,
    )


def _cdr_simulator(simulator: CdrSimulator, tower_count: int) -> Simulator:
    return Simulator(
        component=names.CDR_PRODUCER,
        stage=Stage.SOURCES,
        module="jobs.producers.cdr_producer",
        topics=CDR_TOPICS,
        is_bounded=simulator.duration_seconds is not None,
        run=simulator.model_dump_json(exclude=_NOT_OF_THE_RUN),
        resources=simulator.resources,
        settings=partial(_cdr_settings, simulator, tower_count),
    )


def _network_probe_simulator(simulator: NetworkProbeSimulator, tower_count: int) -> Simulator:
    return Simulator(
        component=names.NETWORK_PROBE_PRODUCER,
        stage=Stage.SOURCES,
        module="jobs.producers.network_probe_producer",
        topics=NETWORK_PROBE_TOPICS,
        is_bounded=simulator.duration_seconds is not None,
        run=simulator.model_dump_json(exclude=_NOT_OF_THE_RUN),
        resources=simulator.resources,
        settings=partial(_network_probe_settings, simulator, tower_count),
    )


def _history_settings(
    simulator: CdrSimulator, history: CdrHistory, tower_count: int, kafka: KafkaConnection
) -> CdrHistorySettings:
    return CdrHistorySettings(
        kafka=kafka,
        seed=simulator.seed,
        start_time=history.start_time,
        speed=history.speed,
        events_per_second=history.events_per_second,
        load_curve="diurnal",
        subscriber_count=simulator.subscriber_count,
        user_count=history.subscriber_count,
        tower_count=tower_count,
        faults=FaultRates(**history.faults.model_dump()),
        frauds=FraudRates(**history.frauds.model_dump()),
    )


def _cdr_settings(simulator: CdrSimulator, tower_count: int, kafka: KafkaConnection) -> CdrProducerSettings:
    return CdrProducerSettings(
        kafka=kafka,
        seed=simulator.seed,
        duration_seconds=simulator.duration_seconds,
        events_per_second=simulator.events_per_second,
        load_curve=simulator.load_curve,
        subscriber_count=simulator.subscriber_count,
        tower_count=tower_count,
        faults=FaultRates(**simulator.faults.model_dump()),
        frauds=FraudRates(**simulator.frauds.model_dump()),
    )


def _network_probe_settings(
    simulator: NetworkProbeSimulator, tower_count: int, kafka: KafkaConnection
) -> NetworkProbeProducerSettings:
    return NetworkProbeProducerSettings(
        kafka=kafka,
        seed=simulator.seed,
        duration_seconds=simulator.duration_seconds,
        tower_count=tower_count,
        interval_seconds=simulator.interval_seconds,
        faults=FaultRates(**simulator.faults.model_dump()),
    )
