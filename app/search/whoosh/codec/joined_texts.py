"""Texts of bytes that stand one after another, with an array of where each begins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class ByteColumn:
    """One text of bytes for each document.

    Attributes:
        data: uint8, the texts one after another.
        offsets: uint64[D+1], where each begins.
    """

    data: Array
    offsets: Array


def join_texts(texts: Iterable[bytes]) -> ByteColumn:
    """The texts in their order.

    >>> join_texts([b"of", b"", b"the"]).offsets.tolist()
    [0, 2, 2, 5]
    """
    texts = list(texts)
    offsets = np.zeros(len(texts) + 1, np.uint64)
    np.cumsum(np.fromiter(map(len, texts), np.uint64, len(texts)), out=offsets[1:])
    return ByteColumn(np.frombuffer(b"".join(texts), np.uint8), offsets)


def iter_texts(data: Array, offsets: Array, first: int, last: int) -> Iterator[bytes]:
    """The texts of a half-open range.

    >>> joined = join_texts([b"a", b"of", b"the"])
    >>> list(iter_texts(joined.data, joined.offsets, 1, 3))
    [b'of', b'the']
    """
    # Views give Python's own numbers, which costs half as much as numpy's.
    view = data.data
    return (view[begin:end].tobytes() for begin, end in pairwise(offsets[first : last + 1].data))


def seek_text(data: Array, offsets: Array, text: bytes) -> int:
    """The first of ascending texts that is `text` or behind it; their number when there is none.

    >>> joined = join_texts([b"a", b"of", b"the"])
    >>> seek_text(joined.data, joined.offsets, b"on")
    2
    """
    view, places = data.data, offsets.data
    low, high = 0, len(offsets) - 1
    while low < high:
        middle = (low + high) >> 1
        if bytes(view[places[middle] : places[middle + 1]]) < text:
            low = middle + 1
        else:
            high = middle
    return low


def find_text(data: Array, offsets: Array, text: bytes) -> int:
    """The place of a text among ascending ones; -1 where it is not among them.

    >>> joined = join_texts([b"a", b"of", b"the"])
    >>> find_text(joined.data, joined.offsets, b"of"), find_text(joined.data, joined.offsets, b"o")
    (1, -1)
    """
    place = seek_text(data, offsets, text)
    return place if list(iter_texts(data, offsets, place, place + 1)) == [text] else -1
