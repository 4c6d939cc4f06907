"""The key that turns phone numbers into tokens: the SQL engine can use it, analysts cannot read it.

It is written through the catalog, never as SQL text, so that no query log holds it. A key with a new id takes the place
of the current one; tokens of different keys differ in their prefix, and `dbt build --full-refresh` gives all rows new
ones.
"""

from collections.abc import Mapping

import pyarrow as pa
from pyiceberg.catalog import Catalog

from contracts.environment import PII_TOKEN_KEY, PII_TOKEN_KEY_ID
from jobs.runtime.iceberg import load_or_create

VAULT_NAMESPACE = "vault"
KEYS = (VAULT_NAMESPACE, "pii_keys")
MIN_KEY_BYTES = 16
_SCHEMA = pa.schema(
    [
        pa.field("key_id", pa.string(), nullable=False),
        pa.field("key", pa.binary(), nullable=False),
        pa.field("is_current", pa.bool_(), nullable=False),
    ]
)


class TokenKeyError(Exception):
    """The environment holds no usable key, or it has another key under a known id."""


def store_key(catalog: Catalog, environ: Mapping[str, str]) -> None:
    """Make the environment's key the current one; if it is that already, write nothing. Raises `TokenKeyError`."""
    key_id, key = _key(environ)
    catalog.create_namespace_if_not_exists(VAULT_NAMESPACE)
    table = load_or_create(catalog, KEYS, _SCHEMA)
    known = {row["key_id"]: row for row in table.scan().to_arrow().to_pylist()}
    if key_id in known and known[key_id]["key"] != key:
        raise TokenKeyError(f"{PII_TOKEN_KEY_ID} {key_id!r} already stands for another key; give the new key a new id.")
    if key_id in known and known[key_id]["is_current"]:
        return
    others = [row | {"is_current": False} for name, row in known.items() if name != key_id]
    keys = pa.Table.from_pylist([*others, {"key_id": key_id, "key": key, "is_current": True}], schema=_SCHEMA)
    if known:
        table.overwrite(keys)
    else:
        table.append(keys)


def _key(environ: Mapping[str, str]) -> tuple[str, bytes]:
    key_id, key = environ.get(PII_TOKEN_KEY_ID, ""), environ.get(PII_TOKEN_KEY, "").encode()
    if not key_id or len(key) < MIN_KEY_BYTES:
        raise TokenKeyError(
            f"personal data tokens need {PII_TOKEN_KEY_ID} and a {PII_TOKEN_KEY} of {MIN_KEY_BYTES} bytes or more in"
            " the environment; make one with `openssl rand -hex 32`."
        )
    return key_id, key
