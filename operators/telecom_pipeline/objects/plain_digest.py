"""A digest of plain data, which tells specs and renderings apart. Pure."""

import hashlib
import json
from typing import Any


def digest_of(value: Any) -> str:
    """Digest of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
