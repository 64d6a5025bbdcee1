"""Stored fields of a document as JSON: never anything that could run when it is read.

JSON lacks bytes and moments; they are written as objects with one key.
"""

import base64
import json
from datetime import datetime
from typing import Any

_BYTES = "$bytes"
_MOMENT = "$moment"


def encode(fields: dict[str, Any]) -> bytes:
    r"""Stored fields as bytes.

    Raises:
        ValueError: a value is of a type that JSON, bytes and datetime do not cover.

    >>> decode(encode({"a": "x", "b": b"\xff", "c": [1, 2.5, None, True]}))
    {'a': 'x', 'b': b'\xff', 'c': [1, 2.5, None, True]}
    """
    try:
        text = json.dumps(fields, default=_replace, ensure_ascii=False, separators=(",", ":"))
    except TypeError as error:
        raise ValueError(f"cannot store {sorted(fields)}: {error}") from error
    return text.encode("utf-8", errors="surrogatepass")


def decode(data: bytes) -> dict[str, Any]:
    """The fields that `encode` was given; tuples come back as lists."""
    fields = json.loads(data.decode("utf-8", errors="surrogatepass"), object_hook=_restore)
    return dict(fields)


def _replace(value: object) -> object:
    if isinstance(value, bytes):
        return {_BYTES: base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    raise TypeError(f"{type(value).__name__} is not a storable type")


def _restore(value: dict[str, Any]) -> object:
    if len(value) == 1:
        if _BYTES in value:
            return base64.b64decode(value[_BYTES])
        if _MOMENT in value:
            return datetime.fromisoformat(value[_MOMENT])
    return value
