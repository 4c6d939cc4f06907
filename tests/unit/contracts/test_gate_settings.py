"""Limits of the quality gates: what can be set, and what is refused."""

import pytest
from pydantic import ValidationError

from contracts.gate_settings import GateSettings, VolumeGate
from jobs.nightly.gates.catalogue import GATE_NAMES


def test_every_gate_of_the_catalogue_has_settings() -> None:
    assert list(GateSettings().by_name) == list(GATE_NAMES)


def test_a_gate_that_would_warn_only_where_it_blocks_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"warn_above \(0.6\) must be at most block_above \(0.5\)"):
        VolumeGate(warn_above=0.6)


def test_limits_can_be_equal_or_absent() -> None:
    assert VolumeGate(warn_above=0.5).block_above == 0.5
    assert VolumeGate(warn_above=7, block_above=None).block_above is None


def test_settings_survive_the_settings_file() -> None:
    settings = GateSettings(volume=VolumeGate(history_days=14))
    assert GateSettings.model_validate_json(settings.model_dump_json()) == settings
