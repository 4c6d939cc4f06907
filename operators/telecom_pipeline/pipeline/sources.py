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
    NETWORK_PROBE_TOPICS,
    CdrSimulator,
    NetworkProbeSimulator,
)


@dataclass(frozen=True)
class Simulator:
    """A simulator to run: `topics` are those that it writes events to, besides the ledger."""

    component: str
    module: str
    topics: tuple[str, ...]
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
        simulator = self.simulator
        return _cdr(simulator, kafka) if isinstance(simulator, CdrSimulator) else _network_probe(simulator, kafka)


def simulators_of(spec: PipelineSpec) -> tuple[Simulator, ...]:
    """Simulators in a fixed order; empty when all events come from elsewhere."""
    simulators = []
    if spec.sources.cdr and spec.sources.cdr.simulator:
        module = "jobs.producers.cdr_producer"
        simulators.append(Simulator(names.CDR_PRODUCER, module, CDR_TOPICS, spec.sources.cdr.simulator))
    if spec.sources.network_probe and spec.sources.network_probe.simulator:
        module = "jobs.producers.network_probe_producer"
        simulator = spec.sources.network_probe.simulator
        simulators.append(Simulator(names.NETWORK_PROBE_PRODUCER, module, NETWORK_PROBE_TOPICS, simulator))
    return tuple(simulators)


def _cdr(simulator: CdrSimulator, kafka: KafkaConnection) -> CdrProducerSettings:
    return CdrProducerSettings(
        kafka=kafka,
        seed=simulator.seed,
        duration_seconds=simulator.duration_seconds,
        events_per_second=simulator.events_per_second,
        load_curve=simulator.load_curve,
        subscriber_count=simulator.subscriber_count,
        tower_count=simulator.tower_count,
        faults=FaultRates(**simulator.faults.model_dump()),
        frauds=FraudRates(**simulator.frauds.model_dump()),
    )


def _network_probe(simulator: NetworkProbeSimulator, kafka: KafkaConnection) -> NetworkProbeProducerSettings:
    return NetworkProbeProducerSettings(
        kafka=kafka,
        seed=simulator.seed,
        duration_seconds=simulator.duration_seconds,
        tower_count=simulator.tower_count,
        interval_seconds=simulator.interval_seconds,
        faults=FaultRates(**simulator.faults.model_dump()),
    )
