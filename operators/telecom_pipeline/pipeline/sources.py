"""The simulators that a spec asks for."""

from dataclasses import dataclass

from contracts.settings import (
    CdrProducerSettings,
    FaultRates,
    FraudRates,
    KafkaConnection,
    NetworkProbeProducerSettings,
    ProducerSettings,
)
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.spec import PipelineSpec
from operators.telecom_pipeline.spec.base import Resources
from operators.telecom_pipeline.spec.sources import (
    CDR_TOPICS,
    DEFAULT_TOWER_COUNT,
    NETWORK_PROBE_TOPICS,
    CdrSimulator,
    NetworkProbeSimulator,
    Sources,
)


@dataclass(frozen=True)
class Simulator:
    """A simulator to run: `topics` are those that it writes events to, besides the ledger."""

    component: str
    module: str
    topics: tuple[str, ...]
    tower_count: int
    simulator: CdrSimulator | NetworkProbeSimulator

    @property
    def is_bounded(self) -> bool:
        """Whether it ends by itself."""
        return self.simulator.duration_seconds is not None

    @property
    def resources(self) -> Resources:
        """What its pod may use."""
        return self.simulator.resources

    def settings(self, kafka: KafkaConnection) -> ProducerSettings:
        """Settings file of its process."""
        simulator, towers = self.simulator, self.tower_count
        if isinstance(simulator, CdrSimulator):
            return _cdr(simulator, towers, kafka)
        return _network_probe(simulator, towers, kafka)


def simulators_of(spec: PipelineSpec) -> tuple[Simulator, ...]:
    """Simulators in a fixed order; empty when all events come from elsewhere."""
    simulators, towers = [], network_tower_count(spec.sources)
    if spec.sources.cdr and spec.sources.cdr.simulator:
        module = "jobs.producers.cdr_producer"
        simulators.append(Simulator(names.CDR_PRODUCER, module, CDR_TOPICS, towers, spec.sources.cdr.simulator))
    if spec.sources.network_probe and spec.sources.network_probe.simulator:
        module = "jobs.producers.network_probe_producer"
        simulator = spec.sources.network_probe.simulator
        simulators.append(Simulator(names.NETWORK_PROBE_PRODUCER, module, NETWORK_PROBE_TOPICS, towers, simulator))
    return tuple(simulators)


def written_tower_counts(sources: Sources) -> tuple[int, ...]:
    """The numbers of towers that the simulators name. A valid pipeline has one network, so they are equal."""
    simulators = (source.simulator for source in (sources.cdr, sources.network_probe) if source)
    return tuple(simulator.tower_count for simulator in simulators if simulator and simulator.tower_count)


def network_tower_count(sources: Sources) -> int:
    """Number of towers in the network of a valid pipeline."""
    return max(written_tower_counts(sources), default=DEFAULT_TOWER_COUNT)


def _cdr(simulator: CdrSimulator, tower_count: int, kafka: KafkaConnection) -> CdrProducerSettings:
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


def _network_probe(
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
