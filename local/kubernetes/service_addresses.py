"""Replaces names of Services by addresses: an engine on the node itself cannot use the cluster's DNS. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from operators.telecom_pipeline.objects.manifest import Kind, Ref

SERVICE = Kind("v1", "Service")
_SERVICE_NAME = re.compile(r"\b([a-z][a-z0-9-]*)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?\b")


def with_service_addresses(value: Any, address_of: Callable[[Ref], str | None]) -> Any:
    """Copy of a document with `name.namespace.svc` replaced by the Service's address, if it has one."""
    if isinstance(value, Mapping):
        return {key: with_service_addresses(item, address_of) for key, item in value.items()}
    if isinstance(value, list):
        return [with_service_addresses(item, address_of) for item in value]
    if not isinstance(value, str):
        return value
    return _SERVICE_NAME.sub(lambda found: address_of(Ref(SERVICE, found[2], found[1])) or found[0], value)
