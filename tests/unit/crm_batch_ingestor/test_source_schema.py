import dataclasses

import pytest

from contracts.batch_tables import BATCH_TABLES, CRM_PLANS, BatchTable
from jobs.crm_batch_ingestor.source_schema import READABLE_FROM, SourceColumn, SourceSchemaError, check_source

OPTIONAL = dataclasses.replace(CRM_PLANS, source_table="tariffs", is_optional=True)


def columns_of(table: BatchTable) -> list[SourceColumn]:
    return [
        SourceColumn(
            table.source_schema,
            table.source_table,
            column.name,
            "text" if column.name == table.key else READABLE_FROM[column.type][0],
        )
        for column in table.source_columns
    ]


def test_a_source_as_the_contract_has_it_is_read_whole():
    checked = check_source(BATCH_TABLES, [column for table in BATCH_TABLES for column in columns_of(table)])
    assert checked.tables == BATCH_TABLES
    assert not checked.unknown_columns


def test_all_problems_are_told_at_once():
    held = [column for column in columns_of(CRM_PLANS) if column.name != "plan_name"]
    held = [dataclasses.replace(column, type="date") if column.name == "updated_at" else column for column in held]
    with pytest.raises(SourceSchemaError) as refused:
        check_source([CRM_PLANS, dataclasses.replace(CRM_PLANS, source_table="absent")], held)
    for problem in ("crm.plans.plan_name does not exist", "crm.plans.updated_at is date", "table crm.absent"):
        assert problem in str(refused.value)


def test_a_key_that_is_no_text_is_refused():
    held = [dataclasses.replace(column, type="bigint") for column in columns_of(CRM_PLANS) if column.name == "plan_id"]
    with pytest.raises(SourceSchemaError, match="plan_id is bigint"):
        check_source([CRM_PLANS], held + [column for column in columns_of(CRM_PLANS) if column.name != "plan_id"])


def test_an_optional_table_may_be_absent_but_not_half_there():
    assert check_source([OPTIONAL], []).absent_tables == ("crm_plans",)
    with pytest.raises(SourceSchemaError, match=r"crm\.tariffs"):
        check_source([OPTIONAL], columns_of(OPTIONAL)[:2])
