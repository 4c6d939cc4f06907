import pytest

from telecom.catalogue.lineage_tree import UnknownTableError, render_tree, trace

MANIFEST = {
    "nodes": {
        "model.telecom.fact_calls": {
            "name": "fact_calls",
            "resource_type": "model",
            "schema": "gold",
            "config": {"materialized": "incremental"},
            "depends_on": {"nodes": ["source.telecom.bronze.call_events", "source.telecom.vault.pii_keys"]},
        },
        "model.telecom.dim_customers": {
            "name": "dim_customers",
            "resource_type": "model",
            "schema": "gold",
            "config": {"materialized": "incremental"},
            "depends_on": {"nodes": ["source.telecom.bronze.crm_customers"]},
        },
    },
    "sources": {
        "source.telecom.bronze.call_events": {"name": "call_events", "resource_type": "source", "schema": "bronze"},
        "source.telecom.bronze.crm_customers": {"name": "crm_customers", "resource_type": "source", "schema": "bronze"},
        "source.telecom.vault.pii_keys": {"name": "pii_keys", "resource_type": "source", "schema": "vault"},
    },
}


def test_a_fact_is_traced_back_to_topic_and_producer_without_the_key_vault():
    lines = list(render_tree(trace(MANIFEST, "gold.fact_calls")))
    assert lines[0] == "gold.fact_calls (incremental)"
    assert [line.strip(" └├─│") for line in lines[1:]] == [
        "bronze.call_events (Iceberg table)",
        "jobs.kafka_to_bronze (sink)",
        "Kafka: call_events (topic)",
        "jobs.producers.cdr_producer (producer)",
    ]


def test_a_dimension_is_traced_back_to_the_source_database():
    assert any("PostgreSQL: crm.customers" in line for line in render_tree(trace(MANIFEST, "dim_customers")))


def test_an_unknown_table_is_named():
    with pytest.raises(UnknownTableError, match="fact_cals'; did you mean 'fact_calls'"):
        trace(MANIFEST, "fact_cals")
