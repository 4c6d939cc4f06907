"""Where reading of newly assigned partitions starts: at the table's end."""

from collections.abc import Callable, Iterable, Mapping

from contracts.sink_progress import OffsetRange, progress_of
from jobs.kafka_to_bronze.commit import Committer
from jobs.kafka_to_bronze.ranges import start_offset
from jobs.runtime.patience import Patience


class StartOffsets:
    """Looks the table and the broker's log up, patiently while either is away."""

    def __init__(
        self,
        committers: Mapping[str, Committer],
        log_range: Callable[[str, int], OffsetRange],
        patience: Patience,
    ) -> None:
        self._committers = committers
        self._log_range = log_range
        self._patience = patience

    def of(self, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        """Start offset per partition. Raises `RetentionLossError` or `RebuiltKafkaError`."""
        table = self._patience.call(self._committers[topic].load, "load the table")
        progress = progress_of(table.properties)
        return {
            partition: start_offset(topic, partition, progress, self._ask_broker(topic, partition))
            for partition in partitions
        }

    def _ask_broker(self, topic: str, partition: int) -> OffsetRange:
        return self._patience.call(lambda: self._log_range(topic, partition), "ask the broker for offsets")
