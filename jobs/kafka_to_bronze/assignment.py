"""Where to start reading newly assigned partitions: at the table's end."""

from collections.abc import Callable, Iterable, Mapping

from contracts.sink_progress import KafkaIdentity, OffsetRange, identity_of, progress_of
from jobs.kafka_to_bronze.committing.commit import Committer
from jobs.kafka_to_bronze.reading.ranges import require_same_topic, start_offset
from jobs.runtime.patience import Patience


class StartOffsets:
    """Looks up the table and the broker's log, and waits while either is away."""

    def __init__(
        self,
        committers: Mapping[str, Committer],
        identify: Callable[[str], KafkaIdentity],
        log_range: Callable[[str, int], OffsetRange],
        patience: Patience,
    ) -> None:
        self._committers = committers
        self._identify = identify
        self._log_range = log_range
        self._patience = patience

    def of(self, topic: str, partitions: Iterable[int]) -> dict[int, int]:
        """Start offset per partition. Raises `RetentionLossError` or `RebuiltKafkaError`."""
        table = self._patience.call(self._committers[topic].load, "load the table")
        # Asked at each assignment: a topic may have been recreated while the sink ran.
        found = self._patience.call(lambda: self._identify(topic), "describe the topic")
        require_same_topic(identity_of(table.properties), found)
        progress = progress_of(table.properties)
        return {
            partition: start_offset(topic, partition, progress, self._ask_broker(topic, partition))
            for partition in partitions
        }

    def _ask_broker(self, topic: str, partition: int) -> OffsetRange:
        return self._patience.call(lambda: self._log_range(topic, partition), "ask the broker for offsets")
