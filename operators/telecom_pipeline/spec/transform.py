"""`spec.transform`: the batch jobs that turn the events in bronze into audited, published numbers."""

from typing import Annotated

from pydantic import Field

from contracts.calendar import Calendar, ClosingMinutes, Country, MonthOfYear, Subdivision, ZoneName
from operators.telecom_pipeline.spec.base import MemoryQuantity, ObjectReference, Resources, SpecModel, profile_default
from operators.telecom_pipeline.spec.churn import ChurnSection
from operators.telecom_pipeline.spec.gates import Gates
from operators.telecom_pipeline.spec.storage import PostgresDatabase


class TrinoAddress(SpecModel):
    """Where Trino answers over HTTPS."""

    host: Annotated[str, Field(min_length=1)] = Field(description="Host name or address.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8443, description="TCP port.")


class TrinoEngine(SpecModel):
    """The Trino that runs the SQL: exactly one of `connection` and `connectionRef` says where it is."""

    connection: TrinoAddress | None = Field(default=None, description="Where Trino is. Give this or `connectionRef`.")
    connection_ref: ObjectReference | None = Field(
        default=None, description="ConfigMap with the keys `host` and `port`."
    )
    credentials_secret_ref: ObjectReference = Field(
        description="Secret with the keys `username` and `password`, as whom the jobs run SQL; Trino's access rules "
        "must let that user write."
    )
    ca_secret_ref: ObjectReference | None = Field(
        default=None,
        description="Secret with the key `ca.crt`: the authority that vouches for Trino's certificate. If absent, one "
        "that the system trusts must do so.",
    )
    query_memory: MemoryQuantity = Field(
        default="512Mi",
        description="Memory that Trino lets a query hold on one node (`query.max-memory-per-node`). A night with more "
        "events than fit is made in chunks that do.",
    )


class CalendarSection(SpecModel):
    """The calendar of the numbers: where a day begins, when it is over, and which days are holidays."""

    time_zone: ZoneName = Field(
        default=Calendar().time_zone,
        description="Time zone (IANA name) in which days, months and hours of the tables are cut. Immutable.",
    )
    country: Country = Field(
        default=Calendar().country,
        description="Country (ISO 3166-1 alpha-2) whose public holidays and national phone number format count.",
    )
    subdivision: Subdivision | None = Field(
        default=None,
        description="State or province (ISO 3166-2 without the country) whose public holidays count beside the "
        "country's, such as BY for Bavaria.",
    )
    fiscal_year_first_month: MonthOfYear = Field(
        default=Calendar().fiscal_year_first_month,
        description="Month in which the fiscal year begins; it is named after the calendar year it ends in.",
    )
    closes_after_minutes: ClosingMinutes = Field(
        default=Calendar().closes_after_minutes,
        description="Minutes after its end at which an hour is closed. Gates judge closed hours only.",
    )

    def calendar(self) -> Calendar:
        """The same for the jobs' settings."""
        return Calendar(**self.model_dump())


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
    calendar: CalendarSection = Field(
        default=CalendarSection(), description="Time zone, country and fiscal year of the numbers."
    )
    lookback_days: Annotated[int, Field(ge=0, le=365)] = Field(
        default=3, description="Days before a run's date whose arrivals gold and the gates look at once more."
    )
    gates: Gates = Field(default=Gates(), description="What the quality gates tolerate.")
    churn: ChurnSection = Field(default=ChurnSection(), description="What the gates before the churn scores tolerate.")
    dbt_threads: Annotated[int, Field(ge=1, le=64)] | None = profile_default(
        2, 8, description="Number of statements that dbt runs at a time."
    )
    resources: Resources | None = profile_default(
        {"cpu": "500m", "memory": "1Gi"},
        {"cpu": "2", "memory": "4Gi"},
        description="What the pod of each run may use.",
    )
