"""One number for a document by which equal scores are ordered: newer first, then the later id.

    bits 28-59   submission, seconds since 1970 (32 bits)
    bits 17-27   month of the identifier, counted from January 1991
    bits  0-16   serial number within the month; for ids of the old scheme, the number within
                 its archive (10 bits) and the archive's alphabetical place (7 bits)

Both schemes never share a month, so the last 17 bits never mix them. This is exactly the order of
`ArxivId.sort_key` behind the submission.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.domain.arxiv_id import ArxivId
from app.domain.taxonomy_table import OLD_STYLE_ARCHIVES

ID_BITS: Final = 28
ID_MASK: Final = 2**ID_BITS - 1
_SERIAL_BITS = 17
_ARCHIVE_BITS = 7
_FIRST_YEAR = 1991
_ARCHIVE_PLACES = {archive: place for place, archive in enumerate(sorted(OLD_STYLE_ARCHIVES))}

_NEW_STYLE_CHARS = (9, 10)
_DOT_PLACE = 4


def make_tie_keys(
    id_bytes: NDArray[np.uint8],
    id_offsets: NDArray[Any],
    submitted_at: NDArray[Any],
) -> NDArray[np.int64]:
    """The tie keys of documents, int64[D]; 0 behind the date where there is no valid id.

    Args:
        id_bytes: ids in ASCII, one after another.
        id_offsets: where each begins, shape (D + 1,).
        submitted_at: seconds since 1970, within 0 to 2**32 - 1, shape (D,).
    """
    offsets = np.asarray(id_offsets, dtype=np.int64)
    lengths = np.diff(offsets)
    keys = np.asarray(submitted_at, dtype=np.int64) << ID_BITS
    is_left = lengths > 0
    for chars in _NEW_STYLE_CHARS:
        found = np.flatnonzero(lengths == chars)
        letters = id_bytes[offsets[found, None] + np.arange(chars)].astype(np.int64)
        digits = np.delete(letters, _DOT_PLACE, axis=1) - ord("0")
        valid = (letters[:, _DOT_PLACE] == ord(".")) & ((digits >= 0) & (digits <= 9)).all(axis=1)
        found, digits = found[valid], digits[valid]
        keys[found] |= _pack_new_style(digits)
        is_left[found] = False
    for number in np.flatnonzero(is_left).tolist():
        value = id_bytes[offsets[number] : offsets[number + 1]].tobytes()
        keys[number] |= make_id_key(value.decode("ascii", errors="replace"))
    return keys


def _pack_new_style(digits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Low bits for the digits YYMMNNNN or YYMMNNNNN, shape (n, 8) or (n, 9)."""
    years = 2000 + digits[:, 0] * 10 + digits[:, 1]
    months = (years - _FIRST_YEAR) * 12 + digits[:, 2] * 10 + digits[:, 3] - 1
    powers = 10 ** np.arange(digits.shape[1] - 5, -1, -1, dtype=np.int64)
    packed: NDArray[np.int64] = (months << _SERIAL_BITS) | (digits[:, 4:] @ powers)
    return packed


def make_id_key(value: str) -> int:
    """The low `ID_BITS` bits for one canonical id; 0 for any other text.

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
    return key if 0 <= key <= ID_MASK and serial < 1 << _SERIAL_BITS else 0
