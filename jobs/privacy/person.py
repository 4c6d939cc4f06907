"""Takes a person out of every layer, then searches what is left: the whole of an erasure."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass

from pyiceberg.catalog import Catalog

from contracts.batch_settings import EraseSettings
from contracts.sink_progress import progress_of
from contracts.tables import BRONZE_TABLE_BY_TOPIC
from contracts.topics import dead_letter_topic
from jobs.privacy.crm import ErasedCrmRows, delete_customer
from jobs.privacy.dead_letters import ErasedDeadLetters, erase_dead_letters
from jobs.privacy.erase import Erased, erase
from jobs.privacy.lookup import find_subject
from jobs.privacy.proof import Proof, search
from jobs.privacy.raw_topics import ErasedRecords, erase_raw_records
from jobs.privacy.subject import require_number
from jobs.runtime.dialling import spelling_in
from jobs.runtime.iceberg import open_catalog
from jobs.runtime.kafka import client_config
from jobs.runtime.lake_changes import changing_lake
from jobs.runtime.postgres import connect
from jobs.runtime.trino import TrinoSql


@dataclass(frozen=True)
class Erasure:
    """What was done, and the search through everything that is left."""

    crm: ErasedCrmRows
    tables: tuple[Erased, ...]
    records: tuple[ErasedRecords, ...]
    letters: tuple[ErasedDeadLetters, ...]
    proof: Proof

    @property
    def records_not_in_bronze_yet(self) -> int:
        """Records in Kafka that stay until the sink has read them and this is run again."""
        return sum(done.not_in_bronze_yet for done in self.records)

    @property
    def is_complete(self) -> bool:
        """True when nothing of the person is left."""
        return self.proof.is_clean and not self.records_not_in_bronze_yet

    def summary(self) -> dict[str, object]:
        """The part for programs; it does not name the number."""
        return {
            "crm_customers_deleted": self.crm.customers,
            "crm_account_actions_deleted": self.crm.account_actions,
            "crm_churn_scores_deleted": self.crm.churn_scores,
            "tables": [asdict(done) for done in self.tables if done.deleted_rows or done.redacted_rows],
            "dead_letters_removed": sum(done.removed for done in self.letters),
            "kafka_records_removed": sum(done.removed for done in self.records),
            "kafka_records_not_in_bronze_yet": self.records_not_in_bronze_yet,
            "is_complete": self.is_complete,
            "proof": asdict(self.proof),
        }


def erase_person(
    settings: EraseSettings, environ: Mapping[str, str], number: str, customer_id: str | None = None
) -> Erasure:
    """Erase who has this phone number, in any spelling, or `customer_id` who had it, everywhere that the settings name.

    Of a number that others had, too, only the person's own time is erased. Running it again finishes what was left and
    finds nothing else.

    Raises `NotASubjectError` and, while another job changes silver and gold, `LakeBusyError` before anything,
    `UnpublishedGoldError` before the lake is changed, `UnknownPinError` when a view of it is left to be mended, and
    `LakeLockLostError` when another job may have undone some of it: it has to be run again.
    """
    written = spelling_in(settings.calendar.country)
    msisdn = require_number(number, written)
    catalog = open_catalog(settings.catalog, settings.s3, environ)
    with changing_lake(catalog, "erasure of a person") as lake, closing(TrinoSql(settings.trino, environ)) as sql:
        person = find_subject(catalog, msisdn, written, customer_id)
        deleted = delete_customer(connect(settings.database, environ), person, written)
        erased = tuple(erase(catalog, sql, person))
        lake.require_held()  # else another job may have put back rows that are gone
    kafka = settings.kafka
    config = client_config(kafka, environ) if kafka else None
    return Erasure(
        crm=deleted,
        tables=erased,
        records=tuple(_erase_raw_records(config, catalog, person.numbers)) if config else (),
        letters=tuple(_erase_dead_letters(config, person.numbers)) if config else (),
        proof=search(catalog, person.needles),
    )


def _erase_raw_records(config: Mapping[str, str], catalog: Catalog, numbers: Sequence[str]) -> Iterator[ErasedRecords]:
    for topic, table in BRONZE_TABLE_BY_TOPIC.items():
        in_bronze = progress_of(catalog.load_table(table.identifier).properties)
        for number in numbers:
            yield from erase_raw_records(config, topic, number, in_bronze)


def _erase_dead_letters(config: Mapping[str, str], numbers: Sequence[str]) -> Iterator[ErasedDeadLetters]:
    for topic in BRONZE_TABLE_BY_TOPIC:
        for number in numbers:
            yield from erase_dead_letters(config, dead_letter_topic(topic), number)
