"""`telecom publish-rollback` and `telecom erase` on a pipeline that runs: by the command, as its own Kafka users.

Before the tutorial by name: its last command deletes everything.
"""

import re
from contextlib import closing
from dataclasses import dataclass

import pytest
from demo_run import DEMO_SECONDS, DemoRun

from contracts.tables import BRONZE_TABLE_BY_TOPIC
from contracts.topics import dead_letter_topic
from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects import names
from telecom.access.kafka_reader import KafkaReader

pytestmark = [pytest.mark.engine, pytest.mark.timeout(DEMO_SECONDS + 900)]
NUMBER_COLUMNS = ("msisdn", "called_msisdn", "other_msisdn")


def shown_to_readers(demo: DemoRun) -> dict[str, int]:
    """Snapshot of each table that the tag stands at."""
    tables = [item["table"].removeprefix("gold.") for item in demo.report["published"]]
    tagged = " union all ".join(
        f"select '{table}' as name, snapshot_id from gold.\"{table}$refs\" where name = 'published'" for table in tables
    )
    return {f"gold.{row['name']}": row["snapshot_id"] for row in demo.query(tagged)}


def published_by(answer: dict[str, list[dict[str, int]]]) -> dict[str, int]:
    return {str(item["table"]): item["snapshot"] for item in answer["published"]}


def test_a_rollback_shows_readers_the_publication_before(demo: DemoRun) -> None:
    first = published_by(demo.report)
    assert shown_to_readers(demo) == first
    second = published_by(demo.answer("run", "nightly", "--date", "today"))
    assert second != first
    assert shown_to_readers(demo) == second

    done = demo.answer("publish-rollback")
    assert published_by(done) == first
    assert shown_to_readers(demo) == first
    assert demo.query("select count(*) as calls from published.fact_calls", "analyst")[0]["calls"] > 0

    again = demo.telecom("publish-rollback")
    assert again.returncode == 1
    assert "no publication before the current one" in again.stderr


def test_what_a_gate_refused_is_accepted_once_and_wrong_numbers_never(demo: DemoRun) -> None:
    wrong = demo.telecom("accept", "--gate", "reconciliation", "--day", "2026-01-01", "--reason", "in a hurry")
    assert wrong.returncode == 1
    assert "cannot be accepted" in wrong.stderr
    for reason in ("a strike", "another one"):
        done = demo.telecom("accept", "--gate", "volume", "--day", "2026-01-01", "--reason", reason, "--by", "ann")
        assert done.returncode == 0, done.stderr
        assert '"reason": "a strike"' in done.stdout
    kept = demo.query("select gate, cast(day as varchar) as day, reason, accepted_by from audit.gate_acceptances")
    assert kept == [{"gate": "volume", "day": "2026-01-01", "reason": "a strike", "accepted_by": "ann"}]


@dataclass(frozen=True)
class Person:
    """Somebody who is everywhere: number, and the tokens that stand for it."""

    number: str
    tokens: tuple[str, ...]

    @property
    def values(self) -> str:
        """All of them, as a list for SQL."""
        return ", ".join(f"'{value}'" for value in (self.number, *self.tokens))


@pytest.fixture(scope="module")
def person(demo: DemoRun) -> Person:
    """The busiest customer among those who have a dead letter."""
    letters = values_of(demo, dead_letter_topic("data_session_events"), names.AUDITOR)
    numbers = {number.decode() for letter in letters for number in re.findall(rb'"msisdn":"(\d+)"', letter)}
    listed = ", ".join(f"'{number}'" for number in sorted(numbers))
    (row,) = demo.query(
        "select msisdn from bronze.data_session_events join bronze.crm_customers using (msisdn)"
        f" where msisdn in ({listed}) group by msisdn order by count(*) desc, msisdn limit 1"
    )
    tokens = demo.query(
        f"select distinct subscriber_token as token from silver.silver_customers where msisdn = '{row['msisdn']}'"
    )
    return Person(row["msisdn"], tuple(token["token"] for token in tokens))


def values_of(demo: DemoRun, topic: str, component: str) -> list[bytes]:
    """Values of a topic, as a component of the pipeline may read it."""
    state = StateDirectory.open(demo.state)
    with (
        closing(SqliteCluster(state.store)) as store,
        closing(KafkaReader(store, "telecom", "demo", state.run, component)) as reader,
    ):
        return [record.value() or b"" for record in reader.records(topic)]


def topics_with(demo: DemoRun, person: Person) -> set[str]:
    """Topics that still have a record with the number in it."""
    readers = {topic: names.KAFKA_TO_BRONZE for topic in BRONZE_TABLE_BY_TOPIC}
    readers |= {dead_letter_topic(topic): names.AUDITOR for topic in BRONZE_TABLE_BY_TOPIC}
    number = person.number.encode()
    return {
        topic
        for topic, component in readers.items()
        if any(number in value for value in values_of(demo, topic, component))
    }


def tables_with(demo: DemoRun, person: Person) -> set[str]:
    """Tables of any layer with a row of the person, or one that mentions them."""
    columns = demo.query(
        "select table_schema as schema, table_name as name, column_name as column_name from information_schema.columns"
        " where table_schema in ('bronze', 'silver', 'gold') and column_name in"
        f" ({', '.join(repr(name) for name in (*NUMBER_COLUMNS, 'subscriber_token', 'other_party_token'))})"
    )
    found = " union all ".join(
        f"select '{column['schema']}.{column['name']}' as place, count(*) as n"
        f" from {column['schema']}.{column['name']} where {column['column_name']} in ({person.values})"
        for column in columns
    )
    return {row["place"] for row in demo.query(found) if row["n"]}


def test_an_erased_person_is_nowhere_and_does_not_come_back(demo: DemoRun, person: Person) -> None:
    assert {"data_session_events", dead_letter_topic("data_session_events")} <= topics_with(demo, person)
    everywhere = {"bronze.data_session_events", "bronze.crm_customers", "silver.silver_customers", "gold.dim_customers"}
    assert everywhere <= tables_with(demo, person)

    done = demo.answer("erase", "--subject", person.number, "--yes")
    assert done["is_complete"]
    assert done["crm_customers_deleted"] == 1
    assert done["dead_letters_removed"] >= 1
    assert done["kafka_records_removed"] >= 1
    assert everywhere <= {item["table"] for item in done["tables"]}
    assert done["proof"]["files_searched"] > 100
    assert done["proof"]["files_with_matches"] == []

    ingested_again = demo.telecom("run", "ingest")
    assert ingested_again.returncode == 0, ingested_again.stderr
    assert tables_with(demo, person) == set()
    assert topics_with(demo, person) == set()


def test_a_second_erasure_finds_nothing(demo: DemoRun, person: Person) -> None:
    done = demo.telecom("erase", "--subject", person.number, "--yes")
    assert done.returncode == 0, done.stderr
    assert "nothing of this person is left" in done.stdout
    # The report names every place that still held something.
    assert not re.search(r"(crm|bronze|silver|gold|vault)\.|Kafka:", done.stdout)
    assert person.number not in done.stdout
