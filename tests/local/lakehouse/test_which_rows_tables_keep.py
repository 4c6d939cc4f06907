"""Tables follow what their query yields: rules that change, corrections, copies, rows that are no longer there.

Models are run by themselves, with the days and arrivals that a nightly run would name. After it by name comes one more
file of its kind and no night, which would judge what it leaves.
"""

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.expressions import EqualTo
from test_nightly_changes import call
from warehouse import Warehouse

from jobs.nightly.audited_run import AuditedRun
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.gates.inspection import Inspection
from jobs.nightly.gates.reading.uniqueness import read_uniqueness
from jobs.nightly.run_plan import snapshots_of
from local.artefacts.dbt import DBT_PROJECT, parsed_if_present

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]
DAY, DAY_AFTER = dt.date(2026, 10, 5), dt.date(2026, 10, 6)
NOON, NOON_AFTER = (dt.datetime.combine(day, dt.time(12), dt.UTC) for day in (DAY, DAY_AFTER))
# A day that no run of these tests looks back to.
LONG_AGO = dt.date(2026, 6, 5)
ONE_HOUR, ONE_MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
BEFORE_ALL = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
# The view first: it shows the snapshot that the last night read.
MODELS_OF_CALLS = (
    "bronze_call_events",
    "silver_calls",
    "silver_calls_quarantine",
    "fact_calls",
    "agg_tower_hourly_utilization",
)
OWN_DAYS = f"event_date in (date '{DAY}', date '{DAY_AFTER}')"


@dataclass(frozen=True)
class Calls:
    """Ids of the calls of these days: accepted, rejected and facts; and the number of calls that hours count."""

    silver: Sequence[str]
    quarantine: Sequence[str]
    facts: Sequence[str]
    in_hours: int


@dataclass(frozen=True)
class Lab:
    """dbt on the warehouse, with the project as it is or with a changed copy of it."""

    warehouse: Warehouse
    folder: Path

    def arrive(self, event_id: str, at: dt.datetime, **values: object) -> None:
        """A call arrives a minute after it was made."""
        self.warehouse.lake.add_values("call_events", [call(self.warehouse, event_id, at, **values)], at + ONE_MINUTE)

    def make(self, *days: dt.date, new_since: dt.datetime | None = None, project: Path = DBT_PROJECT) -> Calls:
        """Make the models of calls for `days`: of whole days, or of what arrived since then."""
        self.run(MODELS_OF_CALLS, days, new_since, project)
        return Calls(
            self._ids("select event_id as id from silver.silver_calls"),
            self._ids("select event_id as id from silver.silver_calls_quarantine"),
            self._ids("select call_id as id from gold.fact_calls"),
            self.warehouse.value(
                f"select sum(call_count) as n from gold.agg_tower_hourly_utilization where {OWN_DAYS}"
            ),
        )

    def run(
        self,
        models: Sequence[str],
        days: Sequence[dt.date] = (),
        new_since: dt.datetime | None = None,
        project: Path = DBT_PROJECT,
        **others: object,
    ) -> None:
        """Run models; `others` are more of the variables that a nightly run hands over."""
        known = self.warehouse.settings
        settings = known.dbt.model_copy(
            update={"project_directory": project, "target_directory": self.folder / "target"}
        )
        variables = {
            "run_date": str(DAY_AFTER),
            "window_start": str(DAY),
            "touched_days": [str(day) for day in days],
            "new_since": f"{new_since:%Y-%m-%d %H:%M:%S.%f}" if new_since else "",
        }
        variables |= others
        dbt = Dbt(settings, known.trino, self.warehouse.environ, parsed_if_present())
        dbt.run(("run", "--select", *models), variables)

    def with_other_rules(self) -> Path:
        """The project with one check less and one more: long calls are bad, backward ones are not."""
        project = self.folder / "dbt_project"
        shutil.copytree(DBT_PROJECT, project)
        checks = project / "macros/checks/duration_checks.sql"
        rule, other = "('duration_negative', \"duration_seconds >= 0\")", "('too_long', \"duration_seconds <= 3600\")"
        assert rule in checks.read_text()
        checks.write_text(checks.read_text().replace(rule, other))
        return project

    def doubles(self, day: dt.date) -> float:
        """How many calls too many the gate of uniqueness finds in silver after a run that made one day."""
        catalog = self.warehouse.catalog
        run = AuditedRun(
            run_id="lab",
            run_date=day,
            window_start=day,
            days=(day,),
            now=dt.datetime.combine(day, dt.time(23), dt.UTC),
            inputs=snapshots_of(catalog, "bronze"),
            outputs=snapshots_of(catalog, "silver") | snapshots_of(catalog, "gold"),
        )
        readings = read_uniqueness(Inspection(run, self.warehouse.sql, catalog, topics=("call_events",)))
        (found,) = [reading.value for reading in readings if reading.subject == "silver.silver_calls"]
        return found

    def _ids(self, query: str) -> list[str]:
        return [row["id"] for row in self.warehouse.rows(f"{query} where {OWN_DAYS} order by 1")]


@pytest.fixture(scope="module")
def lab(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A day with a good call, a backward one and a long one, made for the first time."""
    lab = Lab(warehouse, tmp_path_factory.mktemp("calls"))
    lab.arrive("good", NOON)
    lab.arrive("backward", NOON + ONE_HOUR, duration_seconds=-5)
    lab.arrive("long", NOON + 2 * ONE_HOUR, duration_seconds=7200)
    assert lab.make(DAY) == Calls(["good", "long"], ["backward"], ["good", "long"], 2)
    return lab


def test_calls_follow_a_rule_that_is_loosened_and_one_that_is_tightened_and_back(lab: Lab) -> None:
    other_rules = lab.with_other_rules()
    assert lab.make(DAY, project=other_rules) == Calls(["backward", "good"], ["long"], ["backward", "good"], 2)
    assert lab.make(DAY) == Calls(["good", "long"], ["backward"], ["good", "long"], 2)


def test_a_correction_takes_the_rejected_row_out_of_quarantine_and_a_bad_copy_stays_out_of_it(lab: Lab) -> None:
    """The correction falls into another day than the row that it corrects, which the run does not make again."""
    lab.arrive("backward", NOON_AFTER)
    lab.arrive("good", NOON_AFTER, duration_seconds=-9)
    lab.arrive("bad", NOON_AFTER, duration_seconds=-9)
    corrected = Calls(["backward", "good", "long"], ["bad"], ["backward", "good", "long"], 3)
    assert lab.make(DAY_AFTER, new_since=NOON_AFTER) == corrected
    assert lab.make(DAY, DAY_AFTER) == corrected


def test_a_rebuilt_topic_overwrites_no_row_of_quarantine_at_the_same_position(lab: Lab) -> None:
    later = NOON_AFTER + ONE_HOUR
    rows = lab.warehouse.lake.table("call_events").scan(EqualTo(term="event_id", value="bad")).to_arrow()
    other = rows.to_pylist()[0] | {"event_id": "bad too", "_bronze_ingested_at": later}
    lab.warehouse.lake.append_rows("call_events", pa.Table.from_pylist([other], schema=rows.schema))
    assert lab.make(DAY_AFTER, new_since=later).quarantine == ["bad", "bad too"]


def test_an_event_that_says_another_day_when_it_is_sent_again_counts_once_where_it_was_first(lab: Lab) -> None:
    """Whether a run takes what arrived or whole days, and whichever of the two days it makes."""
    before = lab.make(DAY)
    again = NOON_AFTER + 2 * ONE_HOUR
    lab.arrive("long", again, duration_seconds=60)
    assert lab.make(DAY_AFTER, new_since=again) == before
    assert lab.make(DAY_AFTER) == before
    assert lab.make(DAY) == before
    assert lab.make(DAY, DAY_AFTER) == before
    days = lab.warehouse.rows("select event_date as day from silver.silver_calls where event_id = 'long'")
    assert days == [{"day": DAY}]


def test_rejected_rows_of_an_accepted_event_are_in_no_quarantine_however_far_apart_their_days_are(lab: Lab) -> None:
    long_ago, now = dt.datetime.combine(LONG_AGO, dt.time(12), dt.UTC), NOON_AFTER + 3 * ONE_HOUR
    lab.arrive("long", long_ago, duration_seconds=-9)
    lab.arrive("to be corrected", long_ago, duration_seconds=-9)
    refused = f"select event_id from silver.silver_calls_quarantine where event_date = date '{LONG_AGO}'"
    lab.make(LONG_AGO)
    assert lab.warehouse.rows(refused) == [{"event_id": "to be corrected"}]
    lab.arrive("to be corrected", now)
    assert "to be corrected" in lab.make(DAY_AFTER, new_since=now).silver
    assert lab.warehouse.rows(refused) == []


def test_the_gate_sees_an_event_on_a_day_that_the_run_left_as_it_was(lab: Lab) -> None:
    assert lab.doubles(DAY_AFTER) == 0
    lab.warehouse.sql.run("update silver.silver_calls set event_id = 'good' where event_id = 'backward'")
    assert lab.doubles(DAY_AFTER) == 1
    lab.warehouse.sql.run(
        "update silver.silver_calls set event_id = 'backward'"
        f" where event_id = 'good' and event_date = date '{DAY_AFTER}'"
    )


def test_a_row_of_a_small_table_that_is_not_in_bronze_goes(lab: Lab) -> None:
    lines = "silver.silver_invoice_lines"
    before = lab.warehouse.contents("silver")[lines]
    columns = [field.name for field in lab.warehouse.catalog.load_table(lines).schema().fields]
    others = ", ".join("'INV-0-0'" if name == "invoice_line_id" else name for name in columns)
    lab.warehouse.sql.run(f"insert into {lines} select {others} from {lines} limit 1")
    assert lab.warehouse.contents("silver")[lines] != before
    lab.run(("silver_invoice_lines",))
    assert lab.warehouse.contents("silver")[lines] == before


def test_a_version_that_is_not_in_the_history_of_what_changed_goes(lab: Lab) -> None:
    before = lab.warehouse.contents("silver")["silver.silver_plans"]
    columns = [field.name for field in lab.warehouse.catalog.load_table("silver.silver_plans").schema().fields]
    others = ", ".join("changed_at + interval '1' day" if name == "changed_at" else name for name in columns)
    lab.warehouse.sql.run(f"insert into silver.silver_plans select {others} from silver.silver_plans limit 1")
    lab.run(("silver_plans",), new_since=BEFORE_ALL)
    assert lab.warehouse.contents("silver")["silver.silver_plans"] == before


def test_rows_from_before_a_column_of_the_key_are_the_unknown_members_until_their_day_is_made_again(lab: Lab) -> None:
    usage = "gold.agg_subscriber_daily_usage"
    per_owner = f"select customer_id = 'unknown' as is_unknown, sum(sms_count) as n from {usage} group by 1 order by 1"
    days = [row["day"] for row in lab.warehouse.rows(f"select distinct event_date as day from {usage} order by 1")]
    before = lab.warehouse.rows(per_owner)
    lab.warehouse.sql.run(f"alter table {usage} drop column customer_id")
    lab.run(("agg_subscriber_daily_usage",), days[:1])
    assert sum(row["n"] for row in lab.warehouse.rows(per_owner)) == sum(row["n"] for row in before)
    lab.run(("agg_subscriber_daily_usage",), days)
    assert lab.warehouse.rows(per_owner) == before
