import json
import re
from pathlib import Path
from typing import Any

import yaml

from local.services.crm_catalog import CRM_CATALOG
from local.services.trino import CATALOG, READERS_CATALOG
from local.services.trino_logins import TrinoUser

ROOT = Path(__file__).parents[3]
RULES: dict[str, list[dict[str, Any]]] = json.loads((ROOT / "manifests" / "trino" / "access-rules.json").read_text())
SILVER = ROOT / "dbt_project" / "models" / "silver"
MODELS = [model for file in sorted(SILVER.glob("*.yml")) for model in yaml.safe_load(file.read_text())["models"]]
# Where a steward finds the person that a request is about.
OPEN_TO_STEWARDS = "silver_customers"
PEOPLE = (TrinoUser.ANALYST, TrinoUser.STEWARD)
NOTHING = ("none", [], False)


def holds_for(rule: dict[str, Any], **subject: str) -> bool:
    """Whether each of the rule's patterns matches, as Trino reads them: the whole word, and anything if absent."""
    return all(re.fullmatch(rule.get(key, ".*"), value) for key, value in subject.items())


def table_rule(user: str, catalog: str, schema: str, table: str) -> dict[str, Any]:
    return next(
        rule for rule in RULES["tables"] if holds_for(rule, user=user, catalog=catalog, schema=schema, table=table)
    )


def masked_for_stewards(table: str) -> set[str]:
    rule = table_rule(TrinoUser.STEWARD, READERS_CATALOG, "silver", table)
    return {column["name"] for column in rule.get("columns", [])}


def test_what_persons_did_is_masked_in_every_personal_column() -> None:
    assert MODELS
    for model in MODELS:
        personal = {
            column["name"]
            for column in model["columns"]
            if column.get("config", {}).get("meta", {}).get("personal_data", False)
        }
        expected = set() if model["name"] == OPEN_TO_STEWARDS else personal
        assert expected == masked_for_stewards(model["name"]), model["name"]


def test_every_list_of_rules_ends_with_a_refusal_for_everybody() -> None:
    for name, rules in RULES.items():
        last = rules[-1]
        answers = [last[key] for key in ("allow", "owner", "privileges") if key in last]
        assert answers and answers[0] in NOTHING, name
        subject = {key: value for key, value in last.items() if key not in ("allow", "owner", "privileges")}
        assert set(subject.values()) <= {".*"}, name


def test_each_user_gets_into_one_catalog_of_the_lake() -> None:
    for user in TrinoUser:
        allowed = {
            catalog: next(rule["allow"] for rule in RULES["catalogs"] if holds_for(rule, user=user, catalog=catalog))
            for catalog in (CATALOG, READERS_CATALOG)
        }
        own = {READERS_CATALOG: "read-only"} if user in PEOPLE else {CATALOG: "all"}
        assert allowed == dict.fromkeys(allowed, "none") | own, user


def test_only_those_who_answer_for_the_data_read_the_crm() -> None:
    for user in TrinoUser:
        is_open = user is not TrinoUser.ANALYST
        allowed = next(rule["allow"] for rule in RULES["catalogs"] if holds_for(rule, user=user, catalog=CRM_CATALOG))
        assert allowed == ("read-only" if is_open else "none"), user
        granted = table_rule(user, CRM_CATALOG, "billing", "invoices")["privileges"]
        assert granted == (["SELECT"] if is_open else []), user


def test_somebody_who_is_not_named_may_do_nothing() -> None:
    for user in ("bob", "telecom", "Transformer", "analyst2", ""):
        for name, rules in RULES.items():
            first = next(rule for rule in rules if holds_for(rule, user=user))
            assert first is rules[-1], (user, name)


def test_people_only_read_and_only_where_they_are_let_in() -> None:
    readable = {TrinoUser.ANALYST: {"published"}, TrinoUser.STEWARD: {"published", "silver", "audit"}}
    for user in PEOPLE:
        for schema in ("bronze", "silver", "gold", "vault", "audit", "published", "anything"):
            for table in ("a_table", "a_table$files"):
                granted = table_rule(user, READERS_CATALOG, schema, table)["privileges"]
                is_open = schema in readable[user] and "$" not in table
                assert granted == (["SELECT"] if is_open else []), (user, schema, table)
