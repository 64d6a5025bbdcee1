"""What every set of kernels can do; `kernels` chooses one."""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from app.search.whoosh.codec.kernel_tables import Tables
from app.search.whoosh.codec.kernel_types import (
    I64,
    U8,
    U32,
    Conditions,
    Facets,
    Finds,
    Matches,
    Order,
    Places,
    Postings,
    Ranges,
    Top,
    Words,
)


class Kernels(Protocol):
    """The passes over posting arrays; safe to run on many threads at once."""

    name: str

    def collect(
        self,
        *,
        postings: Postings,
        ranges: Ranges,
        tables: Tables,
        conditions: Conditions,
        order: Order,
        top: Top,
        facets: Facets,
        matches: Matches,
    ) -> int:
        """Offer, list or count all matches of one segment; returns how many there are."""
        ...

    def find_phrase(
        self,
        *,
        postings: Postings,
        words: Words,
        places: Places,
        tables: Tables,
        matches: Matches,
    ) -> int:
        """List the documents that hold a phrase with the sum of its words' scores."""
        ...

    def find_terms(
        self,
        term_bytes: U8,
        term_offsets: NDArray[Any],
        keys: Sequence[bytes],
    ) -> I64:
        """The number of each term key in a sorted dictionary, -1 for unknown ones."""
        ...

    def intersect(self, first: U32, second: U32) -> tuple[I64, I64]:
        """Where the numbers that both of two ascending arrays hold stand in each."""
        ...

    def look_up(self, docs: U32, starts: I64, ends: I64, wanted: U32) -> Finds:
        """The postings of ascending documents in some ranges, by range, then by document."""
        ...

    def count_neighbours(
        self,
        *,
        postings: Postings,
        places: Places,
        shifts: I64,
        finds: Finds,
        lefts: I64,
        rights: I64,
    ) -> tuple[I64, I64, I64]:
        """How often two words stand side by side in papers that hold both.

        Args:
            postings: of the segment.
            places: of the segment; its `shift` is not used.
            shifts: int64[R], that of each range's field.
            finds: as `look_up` gave them.
            lefts: int64[p], range of each pair's first word.
            rights: int64[p], range of its second word, in the same field.

        Returns:
            Of every pair in a paper, by pair, then by paper: which pair, which find of its first
            word, how often.
        """
        ...
