import json
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
RULES = json.loads((ROOT / "manifests" / "trino" / "access-rules.json").read_text())
SILVER = ROOT / "dbt_project" / "models" / "silver"
MODELS = [model for file in sorted(SILVER.glob("*.yml")) for model in yaml.safe_load(file.read_text())["models"]]


def masked_for_analysts(table: str) -> set[str]:
    for rule in RULES["tables"]:
        if rule.get("user") == "analyst" and rule.get("table") == table:
            return {column["name"] for column in rule["columns"]}
    return set()


def test_every_column_with_personal_data_is_masked_for_analysts():
    assert MODELS
    for model in MODELS:
        personal = {
            column["name"]
            for column in model["columns"]
            if column.get("config", {}).get("meta", {}).get("personal_data", False)
        }
        assert personal == masked_for_analysts(model["name"]), model["name"]


def test_nobody_but_the_transformation_reads_raw_data_or_keys():
    for user in ("analyst", "steward"):
        mine = [rule for rule in RULES["tables"] if user in rule.get("user", "").split("|")]
        readable = {rule.get("schema") for rule in mine if rule["privileges"]}
        assert not readable & {"bronze", "vault", None} - {None}
        assert mine[-1]["privileges"] == []
