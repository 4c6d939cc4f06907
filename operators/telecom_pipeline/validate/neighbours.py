"""What one pipeline may not have in common with another. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from operators.telecom_pipeline.manifest import Manifest
from operators.telecom_pipeline.spec.storage import Catalog
from operators.telecom_pipeline.validate.problem import Problem

# What is not in a cluster yet is younger than all that is.
_NOT_CREATED_YET = "9999"


def neighbour_problems(resource: Manifest, others: Iterable[Manifest]) -> Iterator[Problem]:
    """A catalog that an older pipeline of the namespace has: both would own the same `bronze.*` tables.

    `others` are the namespace's TelecomPipelines as they are stored, whether valid or not; the resource itself may be
    among them. The older of two keeps the catalog, so that nobody can stop a pipeline that runs.
    """
    mine = _place(resource)
    for other in others:
        if mine is not None and _age_order(other) < _age_order(resource) and _place(other) == mine:
            yield Problem(
                "spec.storage.catalog",
                f"holds the tables of pipeline {other['metadata']['name']}, and a catalog has one set of them (bronze,"
                " silver, gold); give it another database or name",
            )


def _age_order(resource: Manifest) -> tuple[str, str]:
    metadata = resource["metadata"]
    return metadata.get("creationTimestamp") or _NOT_CREATED_YET, metadata["name"]


def _place(resource: Manifest) -> dict[str, Any] | None:
    """What tells one catalog from another: not the credentials, nor how the connection is encrypted.

    None where the resource does not say it.
    """
    try:
        catalog = Catalog.model_validate(resource["spec"]["storage"]["catalog"])
    except (ValidationError, LookupError, TypeError):
        return None
    jdbc = {"connection", "connection_ref"}
    return catalog.model_dump(include={"name": True, "jdbc": jdbc, "rest": {"uri", "warehouse"}})
