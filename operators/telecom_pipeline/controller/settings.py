"""Settings of the operator's process, from its environment: each field is the variable TELECOM_<FIELD>."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

ENVIRONMENT_PREFIX = "TELECOM_"


class OperatorSettingsError(Exception):
    """A variable of the environment is wrong; the message names it."""


class OperatorSettings(BaseModel):
    """How the operator works."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    namespaces: tuple[str, ...] = Field(
        default=(), description="Namespaces to work in, comma-separated; empty means all."
    )
    operator_namespace: str = Field(description="Namespace of the operator itself, which holds its Lease.")
    identity: str = Field(description="Unique name of this process in the Lease: the name of its pod.")
    leader_election: bool = Field(default=True, description="Whether to wait for the Lease before working.")
    http_port: int = Field(default=8080, ge=0, le=65535, description="Port of /metrics, /live and /ready.")
    http_host: str = Field(default="0.0.0.0", description="Interface of that port.")  # noqa: S104 (probes)
    workers: int = Field(default=4, ge=1, description="Number of reconciliations at a time.")
    progressing_seconds: float = Field(default=5.0, gt=0, description="Pause between passes until a pipeline is Ready.")
    ready_seconds: float = Field(default=300.0, gt=0, description="Pause between passes when nothing happens.")
    figures_seconds: float = Field(default=60.0, gt=0, description="Pause between two readings of lag and freshness.")
    stale_watch_seconds: float = Field(default=180.0, gt=0, description="Age of a watch at which liveness fails.")

    @field_validator("namespaces", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


def read_settings(environ: Mapping[str, str]) -> OperatorSettings:
    """Settings of an environment. Raises `OperatorSettingsError` with all that is wrong."""
    values = {
        field: environ[ENVIRONMENT_PREFIX + field.upper()]
        for field in OperatorSettings.model_fields
        if ENVIRONMENT_PREFIX + field.upper() in environ
    }
    try:
        return OperatorSettings.model_validate(values)
    except ValidationError as error:
        problems = [f"{ENVIRONMENT_PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        raise OperatorSettingsError("The operator's environment is wrong. " + "; ".join(problems)) from error
