"""`spec.transform`: the batch jobs that turn the events in bronze into audited, published numbers."""

from typing import Annotated

from pydantic import Field

from operators.telecom_pipeline.spec.base import ObjectReference, Resources, SpecModel, profile_default
from operators.telecom_pipeline.spec.storage import PostgresDatabase


class TrinoAddress(SpecModel):
    """Where Trino answers over HTTP."""

    host: Annotated[str, Field(min_length=1)] = Field(description="Host name or address.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8080, description="TCP port.")


class TrinoEngine(SpecModel):
    """The Trino that runs the SQL: exactly one of `connection` and `connectionRef` says where it is."""

    connection: TrinoAddress | None = Field(default=None, description="Where Trino is. Give this or `connectionRef`.")
    connection_ref: ObjectReference | None = Field(
        default=None, description="ConfigMap with the keys `host` and `port`."
    )
    username: Annotated[str, Field(min_length=1, max_length=128)] = Field(
        default="transformer", description="User that the jobs run SQL as; Trino's access rules must let it write."
    )


class Transform(SpecModel):
    """Batch jobs: customers and invoices into bronze, then silver, gold, gates and publication, then churn scores.

    Each run is a Job of its own, which a scheduler or `telecom run` creates.
    """

    trino: TrinoEngine = Field(description="The Trino that runs the SQL.")
    crm: PostgresDatabase = Field(description="The CRM and billing database, PostgreSQL.")
    pii_token_key_secret_ref: ObjectReference = Field(
        description="Secret with the keys `key-id` and `key`: the key of the tokens that stand for phone numbers in "
        "gold, 16 bytes or more. A new key needs a new id."
    )
    lookback_days: Annotated[int, Field(ge=0, le=365)] = Field(
        default=3, description="Days before a run's date whose arrivals gold and the gates look at once more."
    )
    dbt_threads: Annotated[int, Field(ge=1, le=64)] | None = profile_default(
        2, 8, description="Number of statements that dbt runs at a time."
    )
    resources: Resources | None = profile_default(
        {"cpu": "500m", "memory": "1Gi"},
        {"cpu": "2", "memory": "4Gi"},
        description="What the pod of each run may use.",
    )
