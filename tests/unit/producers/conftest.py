from collections.abc import Callable

import pytest

from contracts.settings import CdrProducerSettings, FaultRates, FraudRates, KafkaConnection
from jobs.producers.traffic.activity import build_network
from jobs.producers.traffic.cdr_traffic import CdrTraffic, live_traffic

# 2026-11-23 12:00 UTC, a Monday.
START_MS = 1_795_435_200_000
BuildTraffic = Callable[..., CdrTraffic]


def cdr_settings(**changes: object) -> CdrProducerSettings:
    base: dict[str, object] = {
        "kafka": KafkaConnection(bootstrap_servers="unused:9092"),
        "seed": 7,
        "events_per_second": 2000.0,
        "subscriber_count": 2000,
        "tower_count": 120,
        "faults": FaultRates(duplicate=0.05, late=0.05, out_of_order=0.05, malformed=0.05),
        "frauds": FraudRates(),
    }
    return CdrProducerSettings.model_validate({**base, **changes})


@pytest.fixture
def build_traffic() -> BuildTraffic:
    def build(**changes: object) -> CdrTraffic:
        settings = cdr_settings(**changes)
        return live_traffic(settings, build_network(settings), START_MS)

    return build
