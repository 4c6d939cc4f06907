"""A pipeline without a pass is noticed after the limit, not before, and not after it is gone."""

from operators.telecom_pipeline.controller.attendance import Attendance
from operators.telecom_pipeline.objects.custom_resource import TELECOM_PIPELINE
from operators.telecom_pipeline.objects.manifest import Ref

REF = Ref(TELECOM_PIPELINE, "n", "p")


def test_a_pipeline_is_neglected_only_after_the_limit() -> None:
    now = [0.0]
    attendance = Attendance(60.0, clock=lambda: now[0])
    assert attendance.neglected([REF]) == []
    now[0] = 61.0
    assert attendance.neglected([REF]) == [REF]
    attendance.attend(REF)
    assert attendance.neglected([REF]) == []


def test_a_pipeline_that_is_gone_is_forgotten() -> None:
    now = [0.0]
    attendance = Attendance(60.0, clock=lambda: now[0])
    attendance.attend(REF)
    assert attendance.neglected([]) == []
    now[0] = 100.0
    assert attendance.neglected([REF]) == []
