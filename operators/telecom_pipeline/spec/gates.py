"""`spec.transform.gates`: a section for each quality gate, made from the settings in `contracts.gate_settings`."""

from typing import Any

from pydantic import Field, create_model

from contracts.gate_settings import GateLimits, GateSettings
from operators.telecom_pipeline.spec.base import SpecModel


def _section(model: type[GateLimits]) -> type[SpecModel]:
    fields: dict[str, Any] = {name: (field.annotation, field) for name, field in model.model_fields.items()}
    return create_model(f"{model.__name__}Section", __base__=SpecModel, __doc__=model.__doc__, **fields)


_SECTIONS = {name: _section(type(field.default)) for name, field in GateSettings.model_fields.items()}
_FIELDS: dict[str, Any] = {
    name: (
        section,
        Field(
            default=section(), alias=GateSettings.model_fields[name].alias, description=(section.__doc__ or "").strip()
        ),
    )
    for name, section in _SECTIONS.items()
}
_WITH_A_FIELD_PER_GATE = create_model("Gates", __base__=SpecModel, **_FIELDS)


class Gates(_WITH_A_FIELD_PER_GATE):
    """The quality gates, each with its limits and parameters. A change holds from the next nightly run on."""

    def settings(self) -> GateSettings:
        """The same for the jobs' settings. The limits must be in order."""
        return GateSettings.model_validate(self.model_dump())
