import pytest
from operator_fixtures import SAMPLE_NAMES, pipeline_of, sample

from local.services.crm import CUSTOMER_COUNT
from operators.telecom_pipeline.pipeline.sources import simulators_of
from operators.telecom_pipeline.spec.sources import CdrSimulator


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_every_subscriber_of_a_sample_is_a_customer(name: str) -> None:
    simulators = [each.simulator for each in simulators_of(pipeline_of(sample(name)).spec)]
    assert all(
        simulator.subscriber_count <= CUSTOMER_COUNT for simulator in simulators if isinstance(simulator, CdrSimulator)
    )
