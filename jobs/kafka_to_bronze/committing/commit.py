"""Brings a pending commit into the table exactly once, whatever the catalog, the store and other sinks do meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential_jitter
from tenacity.stop import stop_base

from contracts.sink_progress import KafkaIdentity, identity_of, progress_of
from jobs.kafka_to_bronze.committing.append import Append, append_once, has_landed
from jobs.kafka_to_bronze.fail_points import AFTER_COMMIT, AFTER_DEAD_LETTERS, AFTER_FILE_WRITE
from jobs.kafka_to_bronze.reading.buffer import PendingCommit
from jobs.kafka_to_bronze.reading.ranges import Fenced, Gap, plan_append, require_same_topic
from jobs.runtime.data_files import delete_data_files, write_data_files
from jobs.runtime.dead_letters import DeadLetter, DeadLetterDeliveryError
from jobs.runtime.fail_points import reach
from jobs.runtime.iceberg import UNAVAILABLE_ERRORS

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0

log = structlog.get_logger()


@dataclass
class CommitOutcome:
    """What became of a pending commit. `ends` are the table's ends of all partitions it touched."""

    committed: PendingCommit | None = None
    files: tuple[DataFile, ...] = ()
    ends: dict[int, int] = field(default_factory=dict)
    fenced: list[Fenced] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    conflict_count: int = 0
    retry_count: int = 0


class Committer:
    """Commits to the table of one topic. Not shared between threads."""

    def __init__(
        self,
        catalog: Catalog,
        table_identifier: tuple[str, str],
        identity: KafkaIdentity,
        writer: str,
        deliver_dead_letters: Callable[[tuple[DeadLetter, ...]], None],
        give_up: stop_base,
    ) -> None:
        self._catalog = catalog
        self._table_identifier = table_identifier
        self._identity = identity
        self._writer = writer
        self._deliver_dead_letters = deliver_dead_letters
        self._give_up = give_up

    def commit(self, pending: PendingCommit) -> CommitOutcome:
        """Retry until it is in the table or fenced off; raise the last error once `give_up` says so.

        Raises `RebuiltKafkaError` if another Kafka has filled the table meanwhile.
        """
        attempt = _Attempt(self, pending)
        retrying = Retrying(
            retry=retry_if_exception_type((CommitFailedException, DeadLetterDeliveryError, *UNAVAILABLE_ERRORS)),
            wait=wait_exponential_jitter(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
            stop=self._give_up,
            before_sleep=attempt.note_failure,
            reraise=True,
        )
        return retrying(attempt.run)

    def load(self) -> Table:
        """The table as it is now. Raises `RebuiltKafkaError` when it belongs to another Kafka."""
        table = self._catalog.load_table(self._table_identifier)
        require_same_topic(identity_of(table.properties), self._identity)
        return table


class _Attempt:
    """State of one logical commit over all its attempts."""

    def __init__(self, committer: Committer, pending: PendingCommit) -> None:
        self._committer = committer
        self._pending = pending
        self._commit_id = uuid4().hex
        self._files: tuple[DataFile, ...] | None = None
        self._letters_delivered = False
        # Once an answer was lost, the files may be in the table, so they must never be deleted.
        self._may_have_landed = False
        self._outcome = CommitOutcome()

    def note_failure(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self._outcome.retry_count += 1
        log.warning(
            "commit will be tried again", commit=self._commit_id, attempt=state.attempt_number, error=str(error)
        )

    def run(self) -> CommitOutcome:
        table = self._committer.load()
        if self._may_have_landed and has_landed(table, self._commit_id, dict(self._pending.covered)):
            log.info("the commit took place, only its answer was lost", commit=self._commit_id)
            return self._done()
        self._drop_what_the_table_has(table)
        if not self._pending.covered:
            return self._outcome
        if self._files is None:
            self._files = write_data_files(table, self._pending.rows)
            reach(AFTER_FILE_WRITE)
        if self._pending.dead_letters and not self._letters_delivered:
            self._committer._deliver_dead_letters(self._pending.dead_letters)
            self._letters_delivered = True
            reach(AFTER_DEAD_LETTERS)
        self._append(table)
        reach(AFTER_COMMIT)
        return self._done()

    def _append(self, table: Table) -> None:
        append = Append(
            commit_id=self._commit_id,
            writer=self._committer._writer,
            identity=self._committer._identity,
            covered=dict(self._pending.covered),
            files=self._files or (),
            dead_letter_count=len(self._pending.dead_letters),
            replayed_count=len(self._pending.notes.replayed),
            offsets_without_record=self._pending.notes.offsets_without_record,
        )
        try:
            append_once(table, append)
        except CommitFailedException:
            self._outcome.conflict_count += 1
            raise
        except UNAVAILABLE_ERRORS:
            self._may_have_landed = True
            raise

    def _drop_what_the_table_has(self, table: Table) -> None:
        plan = plan_append(progress_of(table.properties), self._pending.covered)
        if plan.is_clean:
            return
        self._outcome.fenced += plan.fenced
        self._outcome.gaps += plan.gaps
        self._outcome.ends |= {fenced.partition: fenced.table_end for fenced in plan.fenced}
        self._outcome.ends |= {gap.partition: gap.table_end for gap in plan.gaps}
        for fenced in plan.fenced:
            log.warning("fenced: another writer advanced the partition", **vars(fenced))
        for gap in plan.gaps:
            log.error("refused a commit that would leave a gap", **vars(gap))
        if self._files and not self._may_have_landed:
            delete_data_files(table, self._files)
        self._files = None
        self._pending = self._pending.restricted_to(plan.keep)

    def _done(self) -> CommitOutcome:
        self._outcome.committed = self._pending
        self._outcome.files = self._files or ()
        self._outcome.ends |= {partition: covered.end for partition, covered in self._pending.covered.items()}
        return self._outcome
