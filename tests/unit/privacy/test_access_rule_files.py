import json
import re
from pathlib import Path
from typing import Any

import yaml

from contracts.batch_tables import BATCH_TABLES
from jobs.churn.publication import SCHEMA as SCORES
from jobs.churn.publication import SCORES as SCORE_TABLE
from local.services.crm import CRM_READER_RIGHTS
from local.services.crm_catalog import CRM_CATALOG
from local.services.trino import CATALOG, READERS_CATALOG, RESOURCE_GROUPS, SESSION_PROPERTIES
from local.services.trino_logins import TrinoUser

ROOT = Path(__file__).parents[3]
RULES: dict[str, list[dict[str, Any]]] = json.loads((ROOT / "manifests" / "trino" / "access-rules.json").read_text())
SILVER = ROOT / "dbt_project" / "models" / "silver"
MODELS = [model for file in sorted(SILVER.glob("*.yml")) for model in yaml.safe_load(file.read_text())["models"]]
# Where a steward finds the person that a request is about.
OPEN_TO_STEWARDS = "silver_customers"
PUBLISHED = [
    model
    for folder in ("gold", "published")
    for file in sorted((ROOT / "dbt_project" / "models" / folder).rglob("*.yml"))
    for model in yaml.safe_load(file.read_text())["models"]
]
# What leads from what somebody did to who it was, and back.
OF_ONE_PERSON = re.compile(r"customer_(id|key)|account_id|\w*_token")
PEOPLE = (TrinoUser.ANALYST, TrinoUser.STEWARD)
NOTHING = ("none", [], False)


def holds_for(rule: dict[str, Any], **subject: str) -> bool:
    """Whether each of the rule's patterns matches, as Trino reads them: the whole word, and anything if absent."""
    return all(re.fullmatch(rule.get(key, ".*"), value) for key, value in subject.items())


def table_rule(user: str, catalog: str, schema: str, table: str) -> dict[str, Any]:
    return next(
        rule for rule in RULES["tables"] if holds_for(rule, user=user, catalog=catalog, schema=schema, table=table)
    )


def masked_for_stewards(schema: str, table: str) -> set[str]:
    rule = table_rule(TrinoUser.STEWARD, READERS_CATALOG, schema, table)
    assert rule["privileges"] == ["SELECT"], table
    return {column["name"] for column in rule.get("columns", [])}


def test_what_persons_did_is_masked_in_every_personal_column() -> None:
    assert MODELS
    for model in MODELS:
        personal = {
            column["name"]
            for column in model["columns"]
            if column.get("config", {}).get("meta", {}).get("personal_data", False)
        }
        expected = {"subscriber_token"} if model["name"] == OPEN_TO_STEWARDS else personal
        assert expected == masked_for_stewards("silver", model["name"]), model["name"]


def test_no_table_leads_a_steward_from_a_person_to_what_they_did() -> None:
    """Events have tokens and no customers, what is published has neither for them, and persons have no token."""
    for model in MODELS:
        names = {column["name"] for column in model["columns"]} - masked_for_stewards("silver", model["name"])
        tokens = {name for name in names if name.endswith("_token")}
        assert not tokens or not names & {"customer_id", "account_id"}, model["name"]
    assert PUBLISHED
    for model in PUBLISHED:
        keys = {column["name"] for column in model["columns"] if OF_ONE_PERSON.fullmatch(column["name"])}
        assert keys <= masked_for_stewards("published", model["name"]), model["name"]
    keys = {field.name for field in SCORES if OF_ONE_PERSON.fullmatch(field.name)}
    assert keys == {"customer_id"} <= masked_for_stewards("published", SCORE_TABLE[-1])


def test_a_table_that_dbt_builds_under_another_name_is_open_to_nobody() -> None:
    for schema, table in (("silver", "silver_calls"), ("silver", "silver_customers"), ("published", "fact_calls")):
        for name in (f"{table}__dbt_tmp", f"{table}__dbt_backup"):
            for user in PEOPLE:
                assert table_rule(user, READERS_CATALOG, schema, name)["privileges"] == [], (user, name)
    assert table_rule(TrinoUser.STEWARD, READERS_CATALOG, "silver", "silver_of_tomorrow")["privileges"] == []


def test_every_list_of_rules_ends_with_a_refusal_for_everybody() -> None:
    for name, rules in RULES.items():
        last = rules[-1]
        answers = [last[key] for key in ("allow", "owner", "privileges") if key in last]
        assert answers and answers[0] in NOTHING, name
        subject = {key: value for key, value in last.items() if key not in ("allow", "owner", "privileges")}
        assert set(subject.values()) <= {".*"}, name


def test_each_user_is_in_one_group_and_only_people_have_limits_of_their_own() -> None:
    groups = json.loads(RESOURCE_GROUPS.read_text())
    chosen = {
        user: [each["group"] for each in groups["selectors"] if re.fullmatch(each["user"], user)] for user in TrinoUser
    }
    assert chosen == {user: ["people" if user in PEOPLE else "jobs"] for user in TrinoUser}
    assert {group["name"] for group in groups["rootGroups"]} == {"people", "jobs"}
    limited = json.loads(SESSION_PROPERTIES.read_text())
    assert [[user for user in TrinoUser if re.fullmatch(each["user"], user)] for each in limited] == [list(PEOPLE)]
    # Trino asks whether a user may set what is set for them.
    (limits,) = (each["sessionProperties"] for each in limited)
    for user in PEOPLE:
        for name in (*limits, "query_priority", "query_max_run_time"):
            rules = RULES["system_session_properties"]
            allowed = next(rule["allow"] for rule in rules if holds_for(rule, user=user, property=name))
            assert allowed == (name in limits), name


def test_each_user_gets_into_one_catalog_of_the_lake() -> None:
    for user in TrinoUser:
        allowed = {
            catalog: next(rule["allow"] for rule in RULES["catalogs"] if holds_for(rule, user=user, catalog=catalog))
            for catalog in (CATALOG, READERS_CATALOG)
        }
        own = {READERS_CATALOG: "read-only"} if user in PEOPLE else {CATALOG: "all"}
        assert allowed == dict.fromkeys(allowed, "none") | own, user


def test_stewards_alone_read_the_crm_and_of_it_the_tables_of_the_contract() -> None:
    named = {(table.source_schema, table.source_table) for table in BATCH_TABLES}
    others = {("crm", "account_actions"), ("crm", "churn_scores"), ("crm", "notes"), ("public", "customers")}
    for user in TrinoUser:
        is_open = user is TrinoUser.STEWARD
        allowed = next(rule["allow"] for rule in RULES["catalogs"] if holds_for(rule, user=user, catalog=CRM_CATALOG))
        assert allowed == ("read-only" if is_open else "none"), user
        for schema, table in named | others:
            granted = table_rule(user, CRM_CATALOG, schema, table)["privileges"]
            assert granted == (["SELECT"] if is_open and (schema, table) in named else []), (user, schema, table)


def test_the_databases_user_behind_the_crm_reads_the_same_tables() -> None:
    (granted,) = re.findall(r"^GRANT SELECT ON([^;]*)TO", CRM_READER_RIGHTS.read_text(), re.MULTILINE)
    tables = {tuple(name.strip().split(".")) for name in granted.split(",")}
    assert tables == {(table.source_schema, table.source_table) for table in BATCH_TABLES}


def test_somebody_who_is_not_named_may_do_nothing() -> None:
    for user in ("bob", "telecom", "Transformer", "analyst2", ""):
        for name, rules in RULES.items():
            first = next(rule for rule in rules if holds_for(rule, user=user))
            assert first is rules[-1], (user, name)


def test_people_only_read_and_only_where_they_are_let_in() -> None:
    readable = {TrinoUser.ANALYST: {"published"}, TrinoUser.STEWARD: {"published", "silver", "audit"}}
    for user in PEOPLE:
        for schema in ("bronze", "silver", "gold", "vault", "audit", "published", "anything"):
            for table in ("silver_plans", "silver_plans$files"):
                granted = table_rule(user, READERS_CATALOG, schema, table)["privileges"]
                is_open = schema in readable[user] and "$" not in table
                assert granted == (["SELECT"] if is_open else []), (user, schema, table)
