"""A pipeline without a pass is noticed after the limit, not before, and not after it is gone."""

from operators.telecom_pipeline.controller.watchdog import Watchdog
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref

REF = Ref(TELECOM_PIPELINE, "n", "p")


def test_a_pipeline_is_overdue_only_after_the_limit() -> None:
    now = [0.0]
    watchdog = Watchdog(60.0, clock=lambda: now[0])
    assert watchdog.overdue([REF]) == []
    now[0] = 61.0
    assert watchdog.overdue([REF]) == [REF]
    watchdog.note_pass(REF)
    assert watchdog.overdue([REF]) == []


def test_a_pipeline_that_is_gone_is_forgotten() -> None:
    now = [0.0]
    watchdog = Watchdog(60.0, clock=lambda: now[0])
    watchdog.note_pass(REF)
    assert watchdog.overdue([]) == []
    now[0] = 100.0
    assert watchdog.overdue([REF]) == []
