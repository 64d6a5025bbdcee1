"""Cursors: where a page ended, so that the next one goes on behind it at any depth.

A cursor is opaque to callers: base64 of a JSON list. It holds nothing secret and is believed
nothing: whoever writes one by hand gets another place in their own results.

Up to `max_offset` the next page is found by its offset, as without a cursor; beyond, or when the
index changed under an order by date, by the last hit.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from math import isfinite

from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import InvalidArxivIdError, InvalidCursorError
from app.domain.query import SearchAfter

START = "*"
"""The cursor that asks for the first page."""

MAX_CURSOR_CHARS = 400
"""Longer texts are no cursors."""

_VERSION = 1
_MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended.

    Attributes:
        digest: of the question (`make_digest`).
        generation: of the index that answered.
        position: hits up to there, papers named in the query included.
        after: the last hit that the index found; None when the page had none.
    """

    digest: str
    generation: int
    position: int
    after: SearchAfter | None = None


def make_digest(*parts: str) -> str:
    """What tells a question from others, whatever page of it is asked for."""
    joined = json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()


def write_cursor(cursor: Cursor) -> str:
    """The text of a cursor."""
    fields: list[object] = [_VERSION, cursor.digest, cursor.generation, cursor.position]
    if cursor.after is not None:
        after = cursor.after
        fields += [after.arxiv_id.value, after.score.hex(), after.key]
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def read_cursor(text: str, digest: str) -> Cursor:
    """The cursor that a text is.

    Raises:
        InvalidCursorError: it is none, or belongs to another question than `digest`.

    >>> read_cursor("*", "d")
    Cursor(digest='d', generation=0, position=0, after=None)
    """
    if text == START:
        return Cursor(digest, 0, 0)
    cursor = _decode(text) if len(text) <= MAX_CURSOR_CHARS else None
    if cursor is None:
        raise InvalidCursorError(
            "The cursor is none that this service gave. Take it from `next` of an answer, or ask "
            "for the first page with cursor=*."
        )
    if cursor.digest != digest:
        raise InvalidCursorError(
            "The cursor belongs to another query, filter or order. Ask for the first page of this "
            "one with cursor=*."
        )
    return cursor


def _decode(text: str) -> Cursor | None:
    try:
        padded = text + "=" * (-len(text) % 4)
        fields = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(fields, list) or len(fields) not in (4, 7) or fields[0] != _VERSION:
        return None
    _version, digest, generation, position, *hit = fields
    if not (isinstance(digest, str) and _is_number(generation) and _is_number(position)):
        return None
    if not hit:
        return Cursor(digest, generation, position)
    after = _decode_hit(*hit)
    return None if after is None else Cursor(digest, generation, position, after)


def _decode_hit(value: object, score: object, key: object) -> SearchAfter | None:
    if not (isinstance(value, str) and isinstance(score, str) and _is_number(key)):
        return None
    try:
        arxiv_id: ArxivId = parse_arxiv_id(value).arxiv_id
        number = float.fromhex(score)
    except (InvalidArxivIdError, ValueError, OverflowError):
        return None
    return SearchAfter(arxiv_id, number, int(str(key))) if isfinite(number) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_NUMBER
