"""A stream with one planted case of every rule per group, honest calls between, some late and some sent twice."""

import random
from collections.abc import Sequence
from typing import Any

from fraud_streams import Activity, call, sms

from contracts.events import CallType

MINUTE_MS = 60_000
SEATTLE, TOKYO = (47.6, -122.3), (35.7, 139.7)


class Planter:
    """Makes groups of frauds of subscribers that no other group has; times end at `now_ms`."""

    def __init__(self, now_ms: int, first_group: int = 0) -> None:
        self._start_ms = now_ms - 50 * MINUTE_MS
        self._group = first_group
        self._random = random.Random(first_group)

    def groups(self, count: int, honest_calls: int) -> list[Activity]:
        """So many groups, shuffled into each other but each fraud in its order, among honest calls."""
        streams: list[Sequence[Activity]] = [self._honest(honest_calls)]
        for _ in range(count):
            self._group += 1
            streams += [self._velocity(), self._travel(), self._irsf(), self._sim_swap(), self._sim_box()]
            streams.append(self._wangiri())
        turns = [number for number, stream in enumerate(streams) for _ in stream]
        self._random.shuffle(turns)
        iterators = [iter(stream) for stream in streams]
        merged: list[Activity] = []
        for number in turns:
            merged.append(next(iterators[number]))
            if self._random.random() < 0.02:
                merged.append(merged[-1])
        return merged

    def _call(self, role: str, number: int, minute: float, **changes: Any) -> Activity:
        event_id = f"{role}-{self._group}-{number}"
        return call(event_id, **{**self._who(role), "event_time_ms": self._at(minute)} | changes)

    def _at(self, minute: float) -> int:
        return self._start_ms + int(minute * MINUTE_MS)

    def _who(self, role: str) -> dict[str, Any]:
        number = self._group * 100 + sum(map(ord, role)) % 100
        return {"msisdn": f"1206{number:07d}", "imsi": f"310260{number:09d}", "imei": f"49015420{number:07d}"}

    def _honest(self, count: int) -> list[Activity]:
        return [
            call(
                f"h-{self._group}-{number}",
                msisdn=f"1425{number % 997:07d}",
                imsi=f"310260{number % 997:09d}",
                imei=f"35693803{number % 997:07d}",
                called_msisdn=f"1360{number % 499:07d}",
                event_time_ms=self._at(number * 50 / count),
            )
            for number in range(count)
        ]

    def _velocity(self) -> list[Activity]:
        calls = [self._call("velocity", number, number * 0.7) for number in range(30)]
        calls[10], calls[20] = calls[20], calls[10]
        return calls

    def _travel(self) -> list[Activity]:
        return [
            self._call("travel", number, 10.0 * number, latitude=place[0], longitude=place[1])
            for number, place in enumerate((SEATTLE, TOKYO, SEATTLE))
        ]

    def _irsf(self) -> list[Activity]:
        changes = {"called_msisdn": "881612345678", "duration_seconds": 900}
        return [self._call("irsf", number, 5.0 * number, **changes) for number in range(4)]

    def _sim_swap(self) -> list[Activity]:
        who = self._who("swap")
        return [
            sms(
                f"swap-{self._group}-{number}",
                event_time_ms=self._at(2.0 * number),
                **who | ({} if number < 2 else {"imsi": f"310261{self._group:09d}"}),
            )
            for number in range(8)
        ]

    def _sim_box(self) -> list[Activity]:
        device = self._who("box")["imei"]
        return [
            self._call(f"box{number % 4}", number, number, imei=device, called_msisdn=f"1509{number:07d}")
            for number in range(30)
        ]

    def _wangiri(self) -> list[Activity]:
        bait = {
            "called_msisdn": f"2214{self._group:07d}",
            "call_type": CallType.MOBILE_TERMINATED,
            "duration_seconds": 2,
        }
        rung = [
            self._call("rung", number, number, **bait, msisdn=f"1253{self._group * 100 + number:07d}")
            for number in range(20)
        ]
        back = [self._call("back", number, 30 + number, **bait | self._caller(number)) for number in range(3)]
        return [*rung, *back]

    def _caller(self, number: int) -> dict[str, Any]:
        return {
            "msisdn": f"1253{self._group * 100 + number:07d}",
            "call_type": CallType.MOBILE_ORIGINATED,
            "duration_seconds": 120,
        }
