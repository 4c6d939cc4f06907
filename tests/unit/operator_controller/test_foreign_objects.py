"""Objects of others are read rarely, and soon again after they changed."""

from operators.telecom_pipeline.clusters.foreign import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, ForeignObjects
from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest, Ref

REF = Ref(names.CONFIG_MAP, "telecom", "lakehouse-s3")


def version(number: int) -> Manifest:
    return {"metadata": {"name": REF.name, "resourceVersion": str(number)}}


class Readings:
    """Reads the object whenever what is known of it no longer counts, second by second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.current = version(1)
        self.times: list[float] = []
        self._objects = ForeignObjects(lambda: self.now)

    def look_for(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            if self._objects.recent(REF) is None:
                self._objects.note(REF, self.current)
                self.times.append(self.now)
            self.now += 1

    def pauses(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.times, self.times[1:], strict=False)]


def test_an_object_that_never_changes_is_read_ever_less_often() -> None:
    readings = Readings()
    readings.look_for(3600)
    assert readings.pauses() == [60.0, 120.0, 240.0, *[LONGEST_PAUSE_SECONDS] * 6]


def test_a_changed_object_is_read_often_again() -> None:
    readings = Readings()
    readings.look_for(900)
    readings.current = version(2)
    readings.look_for(FIRST_PAUSE_SECONDS + 1)
    assert readings.pauses()[-1] == FIRST_PAUSE_SECONDS


def test_an_object_that_was_gone_is_read_at_once() -> None:
    objects = ForeignObjects(lambda: 0.0)
    objects.note(REF, version(1))
    objects.forget(REF)
    assert objects.recent(REF) is None
