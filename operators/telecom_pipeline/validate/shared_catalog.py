"""Two pipelines of a namespace must not share a catalog. Pure."""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache

from pydantic import ValidationError

from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.spec.storage import Catalog
from operators.telecom_pipeline.validate.problem import Problem

# What is not in a cluster yet counts as younger than everything that is.
_NOT_CREATED_YET = "9999"


def shared_catalog_problems(resource: Manifest, others: Iterable[Manifest]) -> Iterator[Problem]:
    """A problem if an older pipeline of the namespace has the same catalog: both would own the same `bronze.*` tables.

    `others` are the namespace's TelecomPipelines as they are stored, whether valid or not; the resource itself may be
    among them. The older of two keeps the catalog, so that a new pipeline cannot stop one that runs.
    """
    mine = _place(resource)
    for other in others:
        if mine is not None and _age_order(other) < _age_order(resource) and _place(other) == mine:
            yield Problem(
                "spec.storage.catalog",
                f"holds the tables of pipeline {other['metadata']['name']}, and a catalog has only one set of tables "
                "(bronze, silver, gold); give it another database or name",
            )


def _age_order(resource: Manifest) -> tuple[str, str]:
    metadata = resource["metadata"]
    return metadata.get("creationTimestamp") or _NOT_CREATED_YET, metadata["name"]


def _place(resource: Manifest) -> str | None:
    """What distinguishes one catalog from another, which excludes credentials and encryption.

    None where the resource does not say.
    """
    try:
        return _place_of(json.dumps(resource["spec"]["storage"]["catalog"], sort_keys=True))
    except (LookupError, TypeError):
        return None


@lru_cache(maxsize=4096)
def _place_of(catalog: str) -> str | None:
    """Cached, because each of many pipelines looks at all the others again and again."""
    try:
        read = Catalog.model_validate_json(catalog)
    except ValidationError:
        return None
    jdbc = {"connection", "connection_ref"}
    return read.model_dump_json(include={"name": True, "jdbc": jdbc, "rest": {"uri", "warehouse"}})
