"""Manifests as the YAML that a person would write: multi-line texts as blocks, keys in their order."""

from collections.abc import Iterable

import yaml

from operators.telecom_pipeline.objects.manifest import Manifest


class _BlockDumper(yaml.SafeDumper):
    """SafeDumper that writes multi-line texts as literal blocks."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_BlockDumper.add_representer(str, _represent_text)


def to_yaml(manifests: Iterable[Manifest]) -> str:
    """Documents of a YAML file, in the given order."""
    return yaml.dump_all(manifests, Dumper=_BlockDumper, sort_keys=False, allow_unicode=True, width=120)
