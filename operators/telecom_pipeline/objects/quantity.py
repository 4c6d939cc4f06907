"""Kubernetes quantities, in the forms that the spec accepts."""

from typing import Final

_MEBIBYTES_BY_SUFFIX: Final = {"Mi": 1, "Gi": 1024, "Ti": 1024 * 1024}


def mebibytes(quantity: str) -> int:
    """Mebibytes of a quantity such as `512Mi`, `2Gi` or `1Ti`."""
    return int(quantity[:-2]) * _MEBIBYTES_BY_SUFFIX[quantity[-2:]]


def cores(quantity: str) -> float:
    """CPU cores of a quantity such as `500m`, `2` or `1.5`."""
    return int(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)
