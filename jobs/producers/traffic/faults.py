"""Faults planted in honest traffic: what networks do to records, at set rates."""

import re
from collections.abc import Callable

import numpy as np

from contracts.settings import FaultRates
from jobs.producers.traffic.records import Mark, Marks
from jobs.runtime.radio_network.towers import Indices

MIN_LATE_SECONDS = 120
MAX_LATE_SECONDS = 7200
MAX_SHIFT_MS = 5000
_MIN_SHIFT_MS = 200


def draw_marks(rng: np.random.Generator, count: int, rates: FaultRates) -> Marks:
    """A fault, or none, for each of `count` records."""
    by_mark = (
        (Mark.DUPLICATE, rates.duplicate),
        (Mark.LATE, rates.late),
        (Mark.OUT_OF_ORDER, rates.out_of_order),
        (Mark.MALFORMED, rates.malformed),
    )
    kinds = np.array([mark for mark, _ in by_mark] + [Mark.NONE], np.int8)
    limits = np.cumsum([rate for _, rate in by_mark])
    marks: Marks = kinds[np.searchsorted(limits, rng.random(count), side="right")]
    return marks


def event_times(rng: np.random.Generator, due_ms: Indices, marks: Marks, sender: Indices) -> Indices:
    """Event times in milliseconds: when a record is due, but earlier for late and out-of-order records.

    How late is fixed for each sender (subscriber or tower): late records of one sender keep their distances, so that
    lateness cannot crowd honest calls into one window.
    """
    delay_ms = (MIN_LATE_SECONDS + sender * 7919 % (MAX_LATE_SECONDS - MIN_LATE_SECONDS)) * 1000
    shift_ms = rng.integers(_MIN_SHIFT_MS, MAX_SHIFT_MS, len(due_ms))
    earlier: Indices = np.select([marks == Mark.LATE, marks == Mark.OUT_OF_ORDER], [delay_ms, shift_ms], 0)
    return due_ms - earlier


def spoil(rng: np.random.Generator, values: list[bytes], marks: Marks) -> None:
    """Break the values of malformed rows in place, each in one of `SPOILERS` ways."""
    rows = np.flatnonzero(marks == Mark.MALFORMED)
    for row, way in zip(rows.tolist(), rng.integers(0, len(SPOILERS), len(rows)).tolist(), strict=True):
        values[row] = SPOILERS[way](values[row])


def order_with_copies(due_ms: Indices, marks: Marks) -> tuple[Indices, Marks]:
    """The order in which rows are sent, and their marks in that order; a duplicate is there twice, the copy marked."""
    copied = np.flatnonzero(marks == Mark.DUPLICATE)
    rows = np.concatenate([np.arange(len(due_ms)), copied])
    originals = np.where(marks == Mark.DUPLICATE, np.int8(Mark.NONE), marks)
    all_marks = np.concatenate([originals, np.full(len(copied), Mark.DUPLICATE, np.int8)])
    # Stable: a copy stays behind its original.
    order = np.argsort(due_ms[rows], kind="stable")
    return rows[order], all_marks[order]


def _truncated(value: bytes) -> bytes:
    return value[: len(value) // 2]


def _wrong_type(value: bytes) -> bytes:
    return re.sub(rb'"event_time_ms":\d+', b'"event_time_ms":"yesterday"', value)


def _missing_field(value: bytes) -> bytes:
    return re.sub(rb'"event_id":"[^"]*",', b"", value)


def _not_json(_value: bytes) -> bytes:
    return b"GET /metrics HTTP/1.1"


def _invalid_utf8(value: bytes) -> bytes:
    return value.replace(b'"event_id":"', b'"event_id":"\xff\xfe', 1)


def _empty(_value: bytes) -> bytes:
    return b""


SPOILERS: tuple[Callable[[bytes], bytes], ...] = (
    _truncated,
    _wrong_type,
    _missing_field,
    _not_json,
    _invalid_utf8,
    _empty,
)
