"""What one pipeline may not have in common with another. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from operators.telecom_pipeline.pipeline import Pipeline
from operators.telecom_pipeline.spec.storage import Catalog
from operators.telecom_pipeline.validate.problem import Problem


def neighbour_problems(pipeline: Pipeline, others: Iterable[Pipeline]) -> Iterator[Problem]:
    """A catalog that another pipeline of the namespace writes already: both would own the same `bronze.*` tables."""
    mine = pipeline.spec.storage.catalog
    for other in others:
        if other.name != pipeline.name and _place(other.spec.storage.catalog) == _place(mine):
            yield Problem(
                "spec.storage.catalog",
                f"holds the tables of pipeline {other.name}, and a catalog has one set of them (bronze, silver, gold);"
                " give it another database or name",
            )


def _place(catalog: Catalog) -> dict[str, Any]:
    """What tells one catalog from another: not the credentials, nor how the connection is encrypted."""
    jdbc = {"connection", "connection_ref"}
    return catalog.model_dump(include={"name": True, "jdbc": jdbc, "rest": {"uri", "warehouse"}})
