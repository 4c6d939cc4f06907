"""What goes to Kafka: keys and values in the order in which they are due, each marked with the fault that it has."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from contracts.ledger import PlantedFraud
from jobs.runtime.radio_network.towers import Indices

Marks = npt.NDArray[np.int8]


class Mark(IntEnum):
    """The fault of a record, which has at most one."""

    NONE = 0
    DUPLICATE = 1
    LATE = 2
    OUT_OF_ORDER = 3
    MALFORMED = 4


@dataclass(frozen=True)
class PlacedFraud:
    """A planted fraud and the row of the batch that completes it."""

    last_row: int
    fraud: PlantedFraud


@dataclass(frozen=True)
class RecordBatch:
    """Records of one topic; lists and arrays have the same length, and `due_ms` does not decrease."""

    topic: str
    keys: list[bytes]
    values: list[bytes]
    due_ms: Indices
    marks: Marks
    frauds: tuple[PlacedFraud, ...] = ()

    def __len__(self) -> int:
        return len(self.values)
