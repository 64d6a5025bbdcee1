"""Identifiers as numbers, and one number for a document by which equal scores are ordered.

An identifier's number has

    bits 17-27   month of the identifier, counted from January 1991
    bits  0-16   serial number within the month; for ids of the old scheme, the number within
                 its archive (10 bits) and the archive's alphabetical place (7 bits)

Both schemes never share a month, so the last 17 bits never mix them, and the identifier can be read
off its number again. A document's tie key has the submission before it, seconds since 1970 in bits
28 to 59: newer first, then the later id. This is exactly the order of `ArxivId.sort_key` behind the
submission.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.domain.arxiv_id import ArxivId
from app.domain.taxonomy_table import OLD_STYLE_ARCHIVES

ID_BITS: Final = 28
ID_MASK: Final = 2**ID_BITS - 1
_SERIAL_BITS = 17
_SERIAL_MASK = 2**_SERIAL_BITS - 1
_ARCHIVE_BITS = 7
_ARCHIVE_MASK = 2**_ARCHIVE_BITS - 1
_FIRST_YEAR = 1991
_ARCHIVE_PLACES = {archive: place for place, archive in enumerate(sorted(OLD_STYLE_ARCHIVES))}

_ARCHIVES = sorted(OLD_STYLE_ARCHIVES)
_FIRST_NEW_MONTH = (2007 - _FIRST_YEAR) * 12 + 3
"""April 2007, from which on identifiers are of the new scheme."""
_FIRST_LONG_MONTH = (2015 - _FIRST_YEAR) * 12
"""January 2015, from which on serial numbers have five digits."""

_SHORT_CHARS, _LONG_CHARS = 9, 10
_DOT_PLACE = 4


def make_tie_keys(id_keys: NDArray[Any], submitted_at: NDArray[Any]) -> NDArray[np.int64]:
    """The tie keys of documents, int64[D].

    Args:
        id_keys: as `make_id_keys` gives them.
        submitted_at: seconds since 1970, within 0 to 2**32 - 1, shape (D,).
    """
    keys: NDArray[np.int64] = np.asarray(submitted_at, np.int64) << ID_BITS
    keys |= np.asarray(id_keys, np.int64)
    return keys


def make_id_keys(id_bytes: NDArray[np.uint8], id_offsets: NDArray[Any]) -> NDArray[np.int64]:
    """The numbers of identifiers, int64[D]; 0 where there is no valid one.

    Args:
        id_bytes: ids in ASCII, one after another.
        id_offsets: where each begins, shape (D + 1,).
    """
    offsets = np.asarray(id_offsets, dtype=np.int64)
    lengths = np.diff(offsets)
    keys = np.zeros(len(lengths), np.int64)
    is_left = lengths > 0
    for chars in (_SHORT_CHARS, _LONG_CHARS):
        found = np.flatnonzero(lengths == chars)
        letters = id_bytes[offsets[found, None] + np.arange(chars)].astype(np.int64)
        digits = np.delete(letters, _DOT_PLACE, axis=1) - ord("0")
        packed, is_valid = _pack_new_style(digits)
        is_valid &= letters[:, _DOT_PLACE] == ord(".")
        keys[found[is_valid]] = packed[is_valid]
        is_left[found[is_valid]] = False
    for number in np.flatnonzero(is_left).tolist():
        value = id_bytes[offsets[number] : offsets[number + 1]].tobytes()
        keys[number] = make_id_key(value.decode("ascii", errors="replace"))
    return keys


def _pack_new_style(digits: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Numbers for the digits YYMMNNNN or YYMMNNNNN, shape (n, 8) or (n, 9), and which are valid."""
    month = digits[:, 2] * 10 + digits[:, 3] - 1
    months = (2000 + digits[:, 0] * 10 + digits[:, 1] - _FIRST_YEAR) * 12 + month
    powers = 10 ** np.arange(digits.shape[1] - 5, -1, -1, dtype=np.int64)
    is_valid = ((digits >= 0) & (digits <= 9)).all(axis=1) & (month >= 0) & (month < 12)
    is_long = digits.shape[1] == _LONG_CHARS - 1
    is_valid &= (months >= _FIRST_NEW_MONTH) & ((months >= _FIRST_LONG_MONTH) == is_long)
    return (months << _SERIAL_BITS) | (digits[:, 4:] @ powers), is_valid


def make_id_key(value: str) -> int:
    """The number of one canonical id; 0 for any other text.

    >>> make_id_key("0704.0001") < make_id_key("1501.00001") < make_id_key("1501.00002")
    True
    >>> make_id_key("hep-ph/9901001") < make_id_key("hep-th/9901001") < make_id_key("0704.0001")
    True
    """
    arxiv_id = ArxivId.from_canonical(value)
    try:
        year_month, serial, archive = arxiv_id.sort_key
    except ValueError:
        return 0
    months = (year_month // 100 - _FIRST_YEAR) * 12 + year_month % 100 - 1
    if archive:
        serial = (serial << _ARCHIVE_BITS) | _ARCHIVE_PLACES.get(archive, 0)
    key = (months << _SERIAL_BITS) | serial
    # What does not lead back is no identifier: another archive, a 13th month, too many digits.
    return key if 0 < key <= ID_MASK and read_id_key(key) == value else 0


def read_id_key(key: int) -> str:
    """The canonical id of a number above 0.

    >>> [read_id_key(make_id_key(each)) for each in ("hep-th/9901001", "0704.0001", "1501.00001")]
    ['hep-th/9901001', '0704.0001', '1501.00001']
    """
    months, serial = key >> _SERIAL_BITS, key & _SERIAL_MASK
    year, month = divmod(months, 12)
    year_month = f"{(year + _FIRST_YEAR) % 100:02}{month + 1:02}"
    if months >= _FIRST_LONG_MONTH:
        return f"{year_month}.{serial:05}"
    if months >= _FIRST_NEW_MONTH:
        return f"{year_month}.{serial:04}"
    archive = _ARCHIVES[min(serial & _ARCHIVE_MASK, len(_ARCHIVES) - 1)]
    return f"{archive}/{year_month}{serial >> _ARCHIVE_BITS:03}"
