"""Sample pipelines: their values here, their comments from the descriptions of the fields."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from operators.telecom_pipeline.generate.structural_schema import Schema, structural_schema
from operators.telecom_pipeline.objects.custom_resource import API_VERSION, KIND_NAME
from operators.telecom_pipeline.spec import PipelineSpec

NAMESPACE = "telecom"
LINE_LENGTH = 110


@dataclass(frozen=True)
class Sample:
    """A sample: `about` is its heading, `spec` what a user writes."""

    name: str
    about: str
    spec: Mapping[str, Any]


STORAGE: Mapping[str, Any] = {
    "s3": {
        "connectionRef": {"name": "lakehouse-s3"},
        "credentialsSecretRef": {"name": "lakehouse-s3"},
        "bucket": "lakehouse",
    },
    "catalog": {
        "jdbc": {
            "connectionRef": {"name": "lakehouse-catalog"},
            "credentialsSecretRef": {"name": "lakehouse-catalog"},
        }
    },
}

CRM: Mapping[str, Any] = {
    "connectionRef": {"name": "crm-database"},
    "credentialsSecretRef": {"name": "crm-database"},
}

TRANSFORM: Mapping[str, Any] = {
    "trino": {name: {"name": "lakehouse-trino"} for name in ("connectionRef", "credentialsSecretRef", "caSecretRef")},
    "crm": CRM,
    "piiTokenKeySecretRef": {"name": "pii-token-key"},
}

DEMO_SECONDS = 15
DEMO_SEED = 42

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "minimal",
        "The least that a pipeline needs: where tables go, and one source. Everything else has defaults.",
        {"storage": STORAGE, "sources": {"cdr": {"simulator": {}}}},
    ),
    Sample(
        "demo",
        "What `make demo` runs: half a year of a few subscribers, then fifteen seconds of a small carrier's traffic, "
        "with planted faults and frauds.",
        {
            "profile": "dev",
            "storage": STORAGE,
            "sources": {
                "cdr": {
                    "simulator": {
                        "eventsPerSecond": 4000,
                        "subscriberCount": 10000,
                        "towerCount": 500,
                        "seed": DEMO_SEED,
                        "durationSeconds": DEMO_SECONDS,
                        "faults": {"duplicate": 0.005, "late": 0.01, "outOfOrder": 0.01, "malformed": 0.001},
                        "frauds": {"impossibleTravel": 30000, "callVelocity": 15000},
                        "history": {"startTime": "P190D", "subscriberCount": 200, "eventsPerSecond": 0.016},
                    }
                },
                "networkProbe": {
                    "simulator": {
                        "intervalSeconds": 1,
                        "seed": DEMO_SEED,
                        "durationSeconds": DEMO_SECONDS,
                    }
                },
            },
            "bronze": {"commitIntervalSeconds": 2},
            "fraudDetection": {
                "parallelism": 2,
                "checkpointIntervalSeconds": 0.5,
                "accountFreezer": {"crm": CRM, "policy": {"minSeverity": "high"}},
            },
            "transform": TRANSFORM,
        },
    ),
    Sample(
        "fraud",
        "Fraud detection on Flink: rules with their own thresholds, and alerts that freeze accounts in the CRM.",
        {
            "profile": "dev",
            "storage": STORAGE,
            "sources": {
                "cdr": {
                    "simulator": {
                        "eventsPerSecond": 1000,
                        "subscriberCount": 10000,
                        "seed": DEMO_SEED,
                        "frauds": {"impossibleTravel": 1000, "callVelocity": 1000},
                    }
                }
            },
            "fraudDetection": {
                "parallelism": 2,
                "checkpointIntervalSeconds": 0.5,
                "upgradeMode": "savepoint",
                "rules": {"callVelocity": {"maxCalls": 25, "windowSeconds": 1800}, "wangiri": {"enabled": False}},
                "accountFreezer": {
                    "crm": CRM,
                    "policy": {
                        "minSeverity": "critical",
                        "allowedMsisdns": ["12062000000"],
                        "cooldownSeconds": 3600,
                        "dryRun": False,
                    },
                },
            },
        },
    ),
    Sample(
        "production",
        "A pipeline that survives the loss of a node. Events come from the carrier's own systems, not from simulators.",
        {
            "profile": "production",
            "deletionPolicy": "Retain",
            "image": {"registry": "registry.example.com/telecom", "pullPolicy": "IfNotPresent"},
            "kafka": {
                "version": "4.3.1",
                "brokers": 3,
                "tls": True,
                "storage": {"size": "1Ti", "storageClass": "fast-ssd"},
                "resources": {"cpu": "4", "memory": "16Gi"},
                "topics": {
                    "partitions": 12,
                    "replicas": 3,
                    "retentionHours": 168,
                    "overrides": {"data_session_events": {"partitions": 24, "retentionHours": 72}},
                },
            },
            "storage": {
                "s3": {
                    "endpoint": "https://s3.eu-central-1.amazonaws.com",
                    "credentialsSecretRef": {"name": "warehouse-credentials"},
                    "bucket": "carrier-lakehouse",
                    "prefix": "warehouse",
                    "region": "eu-central-1",
                    "pathStyle": False,
                },
                "catalog": {
                    "rest": {
                        "uri": "https://polaris.example.com/api/catalog",
                        "warehouse": "lakehouse",
                        "tokenSecretRef": {"name": "catalog-token"},
                    }
                },
            },
            "sources": {"cdr": {}, "networkProbe": {}},
            "bronze": {
                "replicas": 6,
                "commitIntervalSeconds": 60,
                "commitMebibytes": 256,
                "resources": {"cpu": "2", "memory": "4Gi"},
            },
        },
    ),
)


def sample_text(sample: Sample) -> str:
    """The sample as YAML, with a comment above each field."""
    lines = [
        *_comment(sample.about, 0),
        "# Generated by `make gen`; docs/reference/telecompipeline.md describes every field.",
        f"apiVersion: {API_VERSION}",
        f"kind: {KIND_NAME}",
        "metadata:",
        f"  name: {sample.name}",
        f"  namespace: {NAMESPACE}",
        "spec:",
        *_fields(sample.spec, structural_schema(PipelineSpec), 2),
    ]
    return "\n".join(lines) + "\n"


def _fields(values: Mapping[str, Any], schema: Schema, indent: int) -> Iterator[str]:
    for key, value in values.items():
        child = schema.get("properties", {}).get(key) or schema.get("additionalProperties") or {}
        yield from _comment(_first_sentence(child.get("description", "")), indent)
        if isinstance(value, Mapping) and value and "name" not in value:
            yield f"{' ' * indent}{key}:"
            yield from _fields(value, child, indent + 2)
        else:
            yield f"{' ' * indent}{key}: {_inline(value)}"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {item}" for key, item in value.items()) + "}"
    # To YAML, a version or a quantity that has only digits would be a number.
    needs_quotes = isinstance(value, str) and value.replace(".", "").isdigit()
    return json.dumps(value) if needs_quotes or not isinstance(value, str) else value


def _comment(text: str, indent: int) -> list[str]:
    return wrap(text, LINE_LENGTH, initial_indent=" " * indent + "# ", subsequent_indent=" " * indent + "# ")


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".") + "." if text else ""
