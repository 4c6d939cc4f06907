"""A component has one name, although no job imports the operator: its own, its image's and its logs' are the same."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from started_components import Started, started_components

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.render.images import NIGHTLY_IMAGE, PRODUCERS_IMAGE

# Components that share another's image.
IMAGES = {
    **dict.fromkeys((names.CDR_PRODUCER, names.CDR_HISTORY, names.NETWORK_PROBE_PRODUCER), PRODUCERS_IMAGE),
    names.GATE_ACCEPTANCE: NIGHTLY_IMAGE,
}
# They have rights, but no pod: people run what uses them.
OF_PEOPLE = {names.ALERT_READER, names.DLQ_REPLAYER, names.AUDITOR, names.ERASER}
STARTED = sorted(set(started_components()))


def test_every_component_is_started_or_is_of_people() -> None:
    in_python = {each.component for each in STARTED}
    assert set(names.COMPONENTS) == in_python | {names.FRAUD_DETECTION} | OF_PEOPLE


@pytest.mark.parametrize("each", STARTED, ids=lambda each: each.component)
def test_the_image_of_a_component_has_its_name(each: Started) -> None:
    assert each.image == IMAGES.get(each.component, each.component)


@pytest.mark.parametrize("each", STARTED, ids=lambda each: each.component)
def test_a_job_calls_itself_what_the_operator_calls_it(each: Started) -> None:
    spec = find_spec(each.module)
    assert spec is not None
    is_package = spec.submodule_search_locations is not None
    assert each.component == import_module(f"{each.module}.__main__" if is_package else each.module).COMPONENT
