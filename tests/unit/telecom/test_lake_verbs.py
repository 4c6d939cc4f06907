"""`telecom lineage`, `publish-rollback` and `erase`: how they find the lake, what they print, when they ask."""

import base64
import json
from pathlib import Path

import pytest
from operator_fixtures import pipeline_of, sample, without
from typer.testing import CliRunner

from jobs.privacy.crm import ErasedCrmRows
from jobs.privacy.dead_letters import ErasedDeadLetters
from jobs.privacy.erase import Erased
from jobs.privacy.person import Erasure
from jobs.privacy.proof import Proof
from jobs.privacy.raw_topics import ErasedRecords
from local.cluster.object_store import SqliteCluster
from local.state.paths import StateDirectory
from operators.telecom_pipeline.objects.manifest import Manifest
from telecom.access.lake_access import LakeAccessError, lake_access
from telecom.batch.erasure_report import erased_places, verdict
from telecom.cli.main import app

PLACES = {
    "lakehouse-s3": {"endpoint": "http://s3:9000"},
    "lakehouse-catalog": {"host": "catalog", "port": "5432", "database": "iceberg"},
    "crm-database": {"host": "crm", "port": "5433", "database": "crm"},
    "lakehouse-trino": {"host": "trino", "port": "8443"},
}
SECRETS = {
    "lakehouse-s3": {"access-key-id": "id", "secret-access-key": "key"},
    "lakehouse-catalog": {"username": "iceberg", "password": "one"},
    "crm-database": {"username": "crm", "password": "two"},
    "lakehouse-trino": {"username": "transformer", "password": "three", "ca.crt": "a certificate"},
}
CLEAN = Proof(files_searched=1200, files_with_matches=())


def erasure(proof: Proof = CLEAN, not_in_bronze_yet: int = 0) -> Erasure:
    return Erasure(
        crm=ErasedCrmRows(customers=1, account_actions=0, churn_scores=0),
        tables=(Erased("bronze.call_events", 12, 3), Erased("gold.dim_towers", 0, 0)),
        records=(ErasedRecords("call_events", 0, 12, not_in_bronze_yet),),
        letters=(ErasedDeadLetters("call_events_dlq", 0, 0, 5),),
        proof=proof,
    )


def apply(store: SqliteCluster, kind: str, name: str, data: dict[str, str]) -> None:
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "telecom"},
        "data": data,
    }
    store.apply(manifest)


@pytest.fixture
def store(tmp_path: Path) -> SqliteCluster:
    store = SqliteCluster(StateDirectory.open(tmp_path).store)
    for name, data in PLACES.items():
        apply(store, "ConfigMap", name, data)
    return store


def add_secrets(store: SqliteCluster) -> None:
    for name, data in SECRETS.items():
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        apply(store, "Secret", name, encoded)


def test_the_lake_is_reached_by_the_objects_that_the_batch_jobs_are_given(store: SqliteCluster, tmp_path: Path) -> None:
    add_secrets(store)
    access = lake_access(store, pipeline_of(sample("demo")), tmp_path)
    assert (access.settings.trino.host, access.settings.database.host) == ("trino", "crm")
    assert access.settings.s3.endpoint == "http://s3:9000"
    assert access.credentials == {
        "S3_ACCESS_KEY_ID": "id",
        "S3_SECRET_ACCESS_KEY": "key",
        "CATALOG_USERNAME": "iceberg",
        "CATALOG_PASSWORD": "one",
        "CRM_USERNAME": "crm",
        "CRM_PASSWORD": "two",
        "TRINO_USERNAME": "transformer",
        "TRINO_PASSWORD": "three",
    }
    assert (access.settings.trino.ca_file or tmp_path).read_text() == "a certificate"
    assert not [word for word in ("two", "three") if word in repr(access)]


def test_what_is_not_known_yet_is_named(store: SqliteCluster, tmp_path: Path) -> None:
    with pytest.raises(LakeAccessError, match="lakehouse-s3 has no key"):
        lake_access(store, pipeline_of(sample("demo")), tmp_path)
    with pytest.raises(LakeAccessError, match="no batch jobs"):
        lake_access(store, pipeline_of(without(sample("demo"), "transform")), tmp_path)


def test_only_places_that_held_something_are_shown() -> None:
    assert erased_places(erasure()) == [
        ("crm.customers", 1, 0),
        ("bronze.call_events", 12, 3),
        ("Kafka: event topics", 12, 0),
    ]


def test_the_verdict_is_the_proof_in_words() -> None:
    assert verdict(erasure()) == [
        "Searched 1,200 files, those of expired snapshots included: nothing of this person is left."
    ]
    left = Proof(files_searched=1, files_with_matches=("lake/bronze/a.parquet",))
    assert verdict(erasure(left, not_in_bronze_yet=2))[1:] == [
        "lake/bronze/a.parquet",
        "Not erased yet: 2 records in Kafka that the sink has not read; run it again in a moment.",
    ]


def test_an_erasure_is_complete_when_nothing_is_found_and_nothing_waits() -> None:
    assert erasure().is_complete
    assert not erasure(not_in_bronze_yet=1).is_complete
    assert not erasure(Proof(1, ("a.parquet",))).is_complete
    assert json.loads(json.dumps(erasure().summary()))["kafka_records_removed"] == 12


def test_nothing_is_erased_without_a_yes(store: SqliteCluster, tmp_path: Path) -> None:
    store.apply(sample("demo"))
    arguments = ["erase", "--subject", "12065550123", "--state", str(tmp_path)]
    # The Secrets are not there: going on would be an error of another kind.
    asked = CliRunner().invoke(app, arguments, input="n\n")
    assert asked.exit_code == 1
    assert "no way back" in asked.stderr
    assert not isinstance(asked.exception, LakeAccessError)
    assert isinstance(CliRunner().invoke(app, [*arguments, "--yes"]).exception, LakeAccessError)
