"""Kubernetes memory quantities."""

from typing import Final

_MEBIBYTES_BY_SUFFIX: Final = {"Mi": 1, "Gi": 1024, "Ti": 1024 * 1024}


def mebibytes(quantity: str) -> int:
    """Mebibytes of a quantity such as `512Mi`, `2Gi` or `1Ti` (the forms that the spec accepts)."""
    return int(quantity[:-2]) * _MEBIBYTES_BY_SUFFIX[quantity[-2:]]
