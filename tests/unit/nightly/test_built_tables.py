import json
from pathlib import Path

from contracts.batch_settings import DbtSettings
from jobs.nightly.dbt.dbt_build import Dbt
from jobs.nightly.dbt.parse_project import NO_LOGIN, NO_TRINO


def node(kind: str, materialized: str, name: str) -> dict[str, object]:
    return {"resource_type": kind, "schema": "gold", "name": name, "config": {"materialized": materialized}}


def test_only_tables_that_dbt_builds_are_audited_and_published(tmp_path: Path):
    nodes = [
        node("model", "incremental", "fact_calls"),
        node("model", "table", "dim_date"),
        node("model", "view", "fraud_alerts_recent"),
        node("test", "test", "assert_call_revenue_is_not_negative"),
    ]
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text(json.dumps({"nodes": dict(enumerate(nodes))}))
    settings = DbtSettings(python=Path("dbt-python"), project_directory=Path(), target_directory=tmp_path)
    dbt = Dbt(settings, NO_TRINO, NO_LOGIN)
    assert dbt.built_tables() == {("gold", "fact_calls"), ("gold", "dim_date")}
