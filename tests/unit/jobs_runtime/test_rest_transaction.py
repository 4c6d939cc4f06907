"""Several tables in one commit of a REST catalog: conflicts, lost answers, logins, and servers that cannot do it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import BadRequestError, CommitStateUnknownException, ForbiddenError
from rest_catalog_server import OFFERED, Answer, Fault, RestServer, serving
from test_multi_table_commit import BOTH, LEFT, RIGHT, SCHEMA, append, numbers, open_lake

from jobs.runtime import rest_transaction
from jobs.runtime.commit_errors import ChangedMeanwhileError, ContestedCommitError, NotOneActError, TornCommitError
from jobs.runtime.fail_points import ENVIRONMENT_VARIABLE
from jobs.runtime.lake_changes import changing_lake, put_back
from jobs.runtime.multi_table_commit import AFTER_ACT, BEFORE_ACT, require_one_act
from jobs.runtime.rest_transaction import ATTEMPTS, TransactionalRestCatalog
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.unfinished_run import LostRunError, begin_run, create_note, unfinished_run

NEW = ("gold", "new")
# A run that adds a row to both tables and dies while they are put back.
RUN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_multi_table_commit import BOTH, append
from jobs.runtime.lake_changes import put_back
from jobs.runtime.rest_transaction import TransactionalRestCatalog
from jobs.runtime.staged_tables import StagedTables
from jobs.runtime.unfinished_run import begin_run
catalog = TransactionalRestCatalog("lake", uri=sys.argv[1])
run = begin_run(catalog, "dies", BOTH)
staged = StagedTables(catalog)
for name in BOTH:
    append(staged.load(name), 2)
staged.commit()
put_back(catalog, run)
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RestServer]:
    """A REST catalog with two tables of one row each."""
    monkeypatch.setattr(rest_transaction, "FIRST_WAIT_SECONDS", 0.0)
    lake = open_lake(tmp_path)
    for namespace in ("silver", "gold"):
        lake.create_namespace(namespace)
    for name in BOTH:
        append(lake.create_table(name, SCHEMA), 1)
    create_note(lake)
    with serving(lake) as server:
        yield server
    lake.close()


@pytest.fixture
def catalog(server: RestServer) -> Catalog:
    return TransactionalRestCatalog("lake", uri=server.uri, token="t0ken")


def append_to_both(catalog: Catalog) -> None:
    staged = StagedTables(catalog)
    for name in BOTH:
        append(staged.load(name), 2)
    staged.commit()


def contents(server: RestServer) -> list[list[int]]:
    return [numbers(server.lake, name) for name in BOTH]


def test_all_tables_are_committed_by_one_request_with_the_catalogs_login(server: RestServer, catalog: Catalog):
    append_to_both(catalog)
    assert contents(server) == [[1, 2], [1, 2]]
    (body,) = server.asked
    assert [change["identifier"]["name"] for change in body["table-changes"]] == ["left", "right"]
    assert all(requirement["type"] for change in body["table-changes"] for requirement in change["requirements"])
    assert server.authorizations == ["Bearer t0ken"]


def test_a_login_that_expires_is_renewed_once(server: RestServer):
    login = f"{server.uri}/v1/oauth/tokens"
    catalog = TransactionalRestCatalog("lake", uri=server.uri, credential="me:secret", **{"oauth2-server-uri": login})
    known, server.answers = server.logins, [Answer(419)]
    append_to_both(catalog)
    assert server.authorizations == [f"Bearer token {known}", f"Bearer token {known + 1}"]
    assert contents(server) == [[1, 2], [1, 2]]


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (404, NotOneActError),
        (405, NotOneActError),
        (501, NotOneActError),
        (400, BadRequestError),
        (403, ForbiddenError),
    ],
)
def test_a_refusal_is_named_at_once(server: RestServer, catalog: Catalog, status: int, raised: type[Exception]):
    server.answers = [Answer(status)] * 2
    with pytest.raises(raised):
        append_to_both(catalog)
    assert len(server.asked) == 1
    assert contents(server) == [[1], [1]]


@pytest.mark.parametrize("answers", [[], [Answer(409)]])
def test_a_table_that_was_dropped_meanwhile_is_a_change_and_no_missing_endpoint(
    server: RestServer, catalog: Catalog, answers: list[Answer | Fault]
):
    staged = StagedTables(catalog)
    for name in BOTH:
        append(staged.load(name), 2)
    server.lake.drop_table(RIGHT)
    server.answers = answers
    with pytest.raises(ChangedMeanwhileError, match="nothing was committed"):
        staged.commit()
    assert numbers(server.lake, LEFT) == [1]


def test_a_conflict_that_the_requirements_allow_costs_another_attempt(server: RestServer, catalog: Catalog):
    server.answers = [Answer(409), Answer(429)]
    append_to_both(catalog)
    assert contents(server) == [[1, 2], [1, 2]]
    assert len(server.asked) == 3


def test_rows_that_somebody_added_meanwhile_refuse_the_whole(server: RestServer, catalog: Catalog):
    staged = StagedTables(catalog)
    for name in BOTH:
        append(staged.load(name), 2)
    append(server.lake.load_table(RIGHT), 9)
    with pytest.raises(ChangedMeanwhileError, match=r"gold\.right is not as it was.*Run this again"):
        staged.commit()
    assert contents(server) == [[1], [1, 9]]


def test_conflicts_that_never_end_are_named(server: RestServer, catalog: Catalog):
    server.answers = [Answer(409)] * ATTEMPTS
    with pytest.raises(ContestedCommitError, match=r"gold\.left, gold\.right"):
        append_to_both(catalog)
    assert contents(server) == [[1], [1]]


@pytest.mark.parametrize("lost", [*(Answer(status, is_done=True) for status in (409, 500, 502, 503, 504)), Fault.CUT])
def test_a_commit_whose_answer_is_lost_is_found_and_not_made_twice(
    server: RestServer, catalog: Catalog, lost: Answer | Fault
):
    server.answers = [lost]
    append_to_both(catalog)
    assert contents(server) == [[1, 2], [1, 2]]
    assert len(server.asked) == 1


def test_a_commit_that_was_not_carried_out_is_tried_again(server: RestServer, catalog: Catalog):
    server.answers = [Answer(503), Answer(504)]
    append_to_both(catalog)
    assert contents(server) == [[1, 2], [1, 2]]
    assert len(server.asked) == 3


def test_a_commit_that_comes_through_late_makes_the_second_request_harmless(server: RestServer, catalog: Catalog):
    server.answers = [Fault.LATE]
    append_to_both(catalog)
    assert contents(server) == [[1, 2], [1, 2]]
    assert len(server.asked) == 2


def test_a_server_that_never_says_is_named_with_what_to_do(server: RestServer, catalog: Catalog):
    server.answers = [Answer(504)] * ATTEMPTS
    with pytest.raises(CommitStateUnknownException, match=r"gold\.left, gold\.right.*Run this again"):
        append_to_both(catalog)


def test_a_server_that_commits_a_part_is_found_out(server: RestServer, catalog: Catalog):
    server.answers = [Fault.TORN]
    with pytest.raises(TornCommitError, match=r"committed gold\.left and not gold\.right"):
        append_to_both(catalog)


@pytest.mark.parametrize(("endpoints", "is_offered"), [(OFFERED, True), (OFFERED[1:-1], False), (None, True)])
def test_a_server_that_lists_no_transactions_is_refused_before_a_run(
    server: RestServer, endpoints: tuple[str, ...] | None, is_offered: bool
):
    server.endpoints = endpoints
    catalog = TransactionalRestCatalog("lake", uri=server.uri)
    if is_offered:
        require_one_act(catalog)
    else:
        with pytest.raises(NotOneActError, match=r"does not list `POST /v1/\{prefix\}/transactions/commit`.*JDBC"):
            require_one_act(catalog)


def test_of_two_jobs_that_nothing_keeps_apart_the_first_is_told_that_it_lost_its_run(
    server: RestServer, catalog: Catalog
):
    run = begin_run(catalog, "slow", (*BOTH, NEW))
    append_to_both(catalog)
    append(server.lake.create_table(NEW, SCHEMA), 3)
    with changing_lake(TransactionalRestCatalog("lake", uri=server.uri), "the next one") as lake:
        assert lake.has_loose_views
    assert contents(server) == [[1], [1]]
    assert not server.lake.table_exists(NEW)
    healed = unfinished_run(catalog)
    assert healed is not None
    put_back(catalog, healed)
    with pytest.raises(LostRunError, match="took run slow for dead"):
        put_back(catalog, run)


# The first commit is the note, the second what the run did, the third puts it back.
@pytest.mark.parametrize(
    "place", [f"{BEFORE_ACT}:1", f"{AFTER_ACT}:1", f"{AFTER_ACT}:2", f"{BEFORE_ACT}:3", f"{AFTER_ACT}:3"]
)
def test_a_process_that_is_killed_leaves_the_rest_to_the_next_one(server: RestServer, catalog: Catalog, place: str):
    argv = [sys.executable, "-c", RUN, server.uri, str(Path(__file__).parent)]
    environ = {**os.environ, ENVIRONMENT_VARIABLE: place, "PYTHONPATH": str(Path.cwd())}
    assert subprocess.run(argv, env=environ, check=False).returncode == -signal.SIGKILL
    has_note = place not in (f"{BEFORE_ACT}:1", f"{AFTER_ACT}:3")
    with changing_lake(catalog, "the next one") as lake:
        assert lake.has_loose_views == has_note
    assert contents(server) == [[1], [1]]
