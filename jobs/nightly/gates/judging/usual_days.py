"""Which days say what is usual on another day: those of its kind on which nothing was out of order. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class DayKinds:
    """Working days and free days: public holidays, and weekend days as ISO numbers (1 is Monday)."""

    holidays: frozenset[dt.date] = frozenset()
    weekend_days: tuple[int, ...] = (6, 7)

    def is_free(self, day: dt.date) -> bool:
        """Whether it is a public holiday or a weekend day."""
        return day in self.holidays or day.isoweekday() in self.weekend_days

    def alike(self, day: dt.date, days: Iterable[dt.date], enough: int) -> list[list[dt.date]]:
        """The `days` that resemble `day`, in groups of which it has to resemble one.

        That is the same weekday, or its kind while there are not `enough` of those. On some holidays people work: one
        may resemble a free day or a working day.
        """
        known = list(days)
        if day in self.holidays:
            return [[other for other in known if self.is_free(other) is is_free] for is_free in (True, False)]
        ordinary = [other for other in known if other not in self.holidays and other.isoweekday() == day.isoweekday()]
        if len(ordinary) >= enough:
            return [ordinary]
        return [[other for other in known if self.is_free(other) is self.is_free(day)]]


def telling_days(days: Sequence[dt.date], silent: Collection[dt.date], kinds: DayKinds) -> list[dt.date]:
    """Those of successive `days` that tell what is usual.

    A silent working day was an outage, however long it was, and the silent days next to it were a part of it. Where
    free days alone are silent, businesses are closed.
    """
    told: list[dt.date] = []
    for is_silent, stretch in groupby(days, key=lambda day: day in silent):
        of_stretch = list(stretch)
        if not is_silent or all(kinds.is_free(day) for day in of_stretch):
            told += of_stretch
    return told
