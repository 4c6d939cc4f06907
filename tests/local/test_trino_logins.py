"""Trino asks who somebody is: nobody gets in without a password, or as somebody else."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from engines import LakeEngine, start_services
from trino.exceptions import HttpError, TrinoConnectionError

from contracts.batch_settings import DbtSettings
from contracts.environment import TRINO_PASSWORD, TRINO_USERNAME
from jobs.nightly.dbt.dbt_build import Dbt, DbtError
from jobs.runtime.trino import TrinoSql
from local.artefacts.dbt import DBT_PROJECT, dbt_python
from local.cluster.local_cluster import LocalCluster
from local.services.trino_logins import TrinoUser
from telecom.access.query import ask
from telecom.access.trino_login import QueryError, TrinoLogin

pytestmark = pytest.mark.engine
WHO = "select current_user as name"
CONNECT = ("debug", "--connection")


@pytest.fixture(scope="module")
def trino(local_cluster: LocalCluster) -> LakeEngine:
    start_services(local_cluster, "minio", "postgres", "trino")
    return LakeEngine(local_cluster)


def asked(trino: LakeEngine, credentials: Mapping[str, str]) -> list[dict[str, Any]]:
    with closing(TrinoSql(trino.trino().connection, credentials)) as sql:
        return sql.rows(WHO)


@contextmanager
def http(login: TrinoLogin) -> Iterator[requests.Session]:
    """HTTP with a user's login, and with any header."""
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(login.connection.ca_file)
        session.auth = (login.credentials[TRINO_USERNAME], login.credentials[TRINO_PASSWORD])
        yield session


def address(login: TrinoLogin, path: str) -> str:
    return f"https://{login.connection.host}:{login.connection.port}/v1/{path}"


@pytest.mark.parametrize("user", TrinoUser)
def test_whoever_has_the_password_is_let_in(trino: LakeEngine, user: TrinoUser) -> None:
    assert asked(trino, trino.trino(user).credentials) == [{"name": user}]


@pytest.mark.parametrize("name", ["analyst", "transformer", "bob", "telecom", ""])
@pytest.mark.parametrize("word", ["", "wrong"])
def test_a_wrong_password_is_refused(trino: LakeEngine, name: str, word: str) -> None:
    with pytest.raises(HttpError, match="401"):
        asked(trino, {TRINO_USERNAME: name, TRINO_PASSWORD: word})


def test_the_password_of_another_user_is_refused(trino: LakeEngine) -> None:
    own = trino.trino(TrinoUser.ANALYST).credentials[TRINO_PASSWORD]
    with pytest.raises(HttpError, match="401"):
        asked(trino, {TRINO_USERNAME: TrinoUser.TRANSFORMER, TRINO_PASSWORD: own})


def test_a_refused_login_is_told_in_words(trino: LakeEngine) -> None:
    login = TrinoLogin(trino.trino().connection, {TRINO_USERNAME: "bob", TRINO_PASSWORD: "wrong"})
    with pytest.raises(QueryError, match="Trino refuses the login of bob"):
        ask(login, WHO)


def test_without_a_password_nobody_gets_in(trino: LakeEngine) -> None:
    login = trino.trino()
    with http(login) as session:
        session.auth = None
        for user in ({}, {"X-Trino-User": "transformer"}, {"X-Trino-User": "analyst"}):
            assert session.post(address(login, "statement"), data=WHO, headers=user).status_code == 401


@pytest.mark.parametrize("header", ["X-Trino-User", "X-Trino-Original-User"])
def test_a_header_makes_nobody_somebody_else(trino: LakeEngine, header: str) -> None:
    login = trino.trino(TrinoUser.ANALYST)
    told = {"X-Trino-User": "analyst"} | {header: "transformer"}
    with http(login) as session:
        answer = session.post(address(login, "statement"), data="show schemas from iceberg", headers=told).json()
        while "nextUri" in answer:
            answer = session.get(answer["nextUri"], headers=told).json()
    assert "Access Denied" in answer["error"]["message"]


@pytest.mark.parametrize("user", [{}, {"X-Trino-User": "transformer"}], ids=["nobody", "transformer"])
def test_users_are_refused_over_http(trino: LakeEngine, user: dict[str, str]) -> None:
    plain = f"http://127.0.0.1:{trino.cluster.machine.ports.claim('trino-http')}/v1"
    with http(trino.trino()) as session:
        for login in (session.auth, None):
            session.auth = login
            assert session.post(f"{plain}/statement", data=WHO, headers=user).status_code == 403
            for path in ("query", "node", "task", "service/trino", "thread"):
                assert session.get(f"{plain}/{path}", headers=user).status_code == 403, path


def test_an_authority_that_is_not_its_own_is_not_believed(trino: LakeEngine) -> None:
    login = trino.trino()
    others = login.connection.model_copy(update={"ca_file": ssl.get_default_verify_paths().cafile})
    with closing(TrinoSql(others, login.credentials)) as sql, pytest.raises(TrinoConnectionError, match="CERTIFICATE"):
        sql.run(WHO)


def test_dbt_logs_in_to_nobody_but_trino(trino: LakeEngine, tmp_path: Path) -> None:
    login = trino.trino()
    settings = DbtSettings(python=dbt_python(), project_directory=DBT_PROJECT, target_directory=tmp_path)
    assert "connection ok" in Dbt(settings, login.connection, login.credentials).run(CONNECT, {})
    # Its client verifies nothing by default; without a file, the system's authorities are those that count.
    with pytest.raises(DbtError, match="SSLCertVerificationError"):
        Dbt(settings, login.connection.model_copy(update={"ca_file": None}), login.credentials).run(CONNECT, {})
    told = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert told
    assert login.credentials[TRINO_PASSWORD].encode() not in told


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_its_own_authority_is_believed_whatever_the_environment_trusts(
    trino: LakeEngine, variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "nobody.crt").touch()
    monkeypatch.setenv(variable, str(tmp_path / "nobody.crt"))
    assert asked(trino, trino.trino().credentials)


def test_queries_of_others_are_neither_seen_nor_ended(trino: LakeEngine) -> None:
    own, other = trino.trino(TrinoUser.TRANSFORMER), trino.trino(TrinoUser.ANALYST)
    with http(own) as owner, http(other) as stranger:
        query = owner.post(address(own, "statement"), data=WHO).json()
        owner.get(query["nextUri"])  # until somebody waits for its result, a query is in no list
        path = f"query/{query['id']}"
        assert query["id"] in {each["queryId"] for each in owner.get(address(own, "query")).json()}
        assert query["id"] not in {each["queryId"] for each in stranger.get(address(other, "query")).json()}
        assert stranger.get(address(other, path)).status_code == 403
        assert stranger.delete(address(other, path)).status_code == 403
        assert owner.delete(address(own, path)).status_code == 204


def begin(session: requests.Session, login: TrinoLogin, statement: str) -> str:
    """Start a query of which nobody fetches the rows; return its id."""
    answer = session.post(address(login, "statement"), data=statement).json()
    session.get(answer["nextUri"])
    return str(answer["id"])


def limits_of(trino: LakeEngine, user: TrinoUser) -> dict[str, str]:
    """What is set for a query of the user without their doing."""
    login = trino.trino(user)
    with http(login) as session:
        query = session.get(address(login, f"query/{begin(session, login, WHO)}")).json()
    set_for_it: dict[str, str] = query["session"]["systemProperties"]
    return set_for_it


def test_only_queries_of_people_have_limits_of_their_own(trino: LakeEngine) -> None:
    for user in (TrinoUser.ANALYST, TrinoUser.STEWARD):
        assert limits_of(trino, user) == {"query_max_memory": "128MB", "query_max_execution_time": "10m"}
    assert limits_of(trino, TrinoUser.TRANSFORMER) == {}
