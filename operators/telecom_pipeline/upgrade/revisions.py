"""Specs with which the pipeline was ready, newest last: where an upgrade starts and what a rollback returns to.

Each is kept with the fingerprint of what the operator rendered it to at that time.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operators.telecom_pipeline.objects import names
from operators.telecom_pipeline.objects.manifest import Manifest
from operators.telecom_pipeline.objects.plain_digest import digest_of
from operators.telecom_pipeline.pipeline.pipeline import Pipeline
from operators.telecom_pipeline.pipeline.stages import Stage
from operators.telecom_pipeline.render.metadata import Identity, child

KEPT_REVISIONS = 5
# Switches say what to do with a pipeline, not what it is: they need no upgrade, and a rollback leaves them alone.
SWITCHES = ("paused", "mode", "desiredState", "deletionPolicy")
_KEY = re.compile(r"^revision-(\d+)\.json$")
_FINGERPRINT_KEY = "fingerprint-{}.json"

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Revision:
    """A spec without its switches; `number` is the generation of the resource with which it became ready.

    `fingerprint` is empty where the operator that recorded the revision did not know fingerprints.
    """

    number: int
    spec: Spec
    fingerprint: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Equal for equal specs."""
        return spec_digest(self.spec)

    def is_same_as(self, other: "Revision") -> bool:
        """Whether both are the same spec, rendered to the same children."""
        return self.digest == other.digest and self.fingerprint == other.fingerprint


def lasting_spec(pipeline: Pipeline) -> dict[str, Any]:
    """The spec as it was written, without its switches."""
    written = pipeline.spec.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {key: value for key, value in written.items() if key not in SWITCHES}


def with_switches(spec: Spec, of: Spec) -> dict[str, Any]:
    """`spec` with the switches of another spec."""
    switches = {key: of[key] for key in SWITCHES if key in of}
    return {key: value for key, value in spec.items() if key not in SWITCHES} | switches


def spec_digest(spec: Spec) -> str:
    """Digest of a spec without its switches; 4 and 4.0 count as the same number."""
    lasting = {key: _with_plain_numbers(value) for key, value in spec.items() if key not in SWITCHES}
    return digest_of(lasting)


def remember(revisions: tuple[Revision, ...], newest: Revision) -> tuple[Revision, ...]:
    """The revisions plus the newest one; each spec is kept once, and only the newest few are kept."""
    others = [revision for revision in revisions if revision.digest != newest.digest]
    return (*others, newest)[-KEPT_REVISIONS:]


def revisions_of(config_map: Manifest | None) -> tuple[Revision, ...]:
    """Revisions in a ConfigMap; any that were damaged by hand are left out."""
    found = []
    data: Mapping[str, str] = (config_map or {}).get("data", {})
    for key, text in data.items():
        match, spec = _KEY.match(key), _parsed(text)
        if match and spec is not None:
            fingerprint = _parsed(data.get(_FINGERPRINT_KEY.format(match[1]), "{}"))
            found.append(Revision(int(match[1]), spec, fingerprint or {}))
    return tuple(sorted(found, key=lambda revision: revision.number))


def render_revisions(pipeline: Pipeline, revisions: tuple[Revision, ...]) -> Manifest:
    """The ConfigMap that keeps them."""
    data = {f"revision-{each.number}.json": _text(each.spec) for each in revisions}
    data |= {_FINGERPRINT_KEY.format(each.number): _text(each.fingerprint) for each in revisions if each.fingerprint}
    name = names.revisions(pipeline.name)
    return child(pipeline, Identity(names.CONFIG_MAP, name, Stage.STORAGE, "revisions"), {"data": data})


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def _with_plain_numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_plain_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _parsed(text: str) -> Spec | None:
    try:
        spec = json.loads(text)
    except ValueError:
        return None
    return spec if isinstance(spec, Mapping) else None
