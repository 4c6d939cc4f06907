import datetime as dt

from operator_fixtures import SAMPLE_NAMES, pipeline_of, sample

from contracts.event_start import begin_of
from jobs.crm_simulator.population import population
from local.services.crm import CUSTOMER_COUNT, HISTORY_DAYS, SEED
from operators.telecom_pipeline.spec.sources import CdrHistory, CdrSimulator

NOW = dt.datetime(2026, 12, 31, tzinfo=dt.UTC)
CDR_SOURCES = [cdr for name in SAMPLE_NAMES if (cdr := pipeline_of(sample(name)).spec.sources.cdr)]
SIMULATORS: list[CdrSimulator] = [source.simulator for source in CDR_SOURCES if source.simulator]
HISTORIES = [simulator.history for simulator in SIMULATORS if simulator.history]


def test_every_subscriber_of_the_samples_is_a_customer() -> None:
    assert SIMULATORS
    assert all(simulator.subscriber_count <= CUSTOMER_COUNT for simulator in SIMULATORS)


def test_nobody_has_a_history_of_traffic_before_they_were_a_customer() -> None:
    starts = [begin_of(each.start_time, NOW) for each in (CdrHistory(), *HISTORIES)]
    joined = (each.created_at for each in population(SEED, CUSTOMER_COUNT, NOW.date() - dt.timedelta(HISTORY_DAYS)))
    assert max(joined) < min(starts)
