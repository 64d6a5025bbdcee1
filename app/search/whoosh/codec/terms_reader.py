"""The dictionary of a segment as Whoosh reads it."""

from collections.abc import Iterator
from typing import Any

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.matcher import ColumnMatcher
from app.search.whoosh.codec.posting_ranges import summarise
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.whoosh_internals import (
    FieldCursor,
    TermNotFound,
    TermsReader,
    length_of_byte,
    make_term_info,
)

Term = tuple[str, bytes]


class ColumnTermsReader(TermsReader):  # type: ignore[misc]  # Whoosh has no types
    """Terms, their statistics and their postings."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self.arrays = arrays

    def __contains__(self, term: Term) -> bool:
        return self.find(*term) >= 0

    def find(self, fieldname: str, text: bytes) -> int:
        """The number of a term; -1 when it is unknown."""
        return self.arrays.find_term(self.arrays.find_field(fieldname), text)

    def indexed_field_names(self) -> tuple[str, ...]:
        """The fields that hold terms."""
        return self.arrays.facts.field_names

    def cursor(self, fieldname: str, fieldobj: Any) -> "ColumnFieldCursor":
        """Walks over the terms of a field."""
        return ColumnFieldCursor(self, fieldname, fieldobj)

    def terms(self) -> Iterator[Term]:
        """All terms in order."""
        return (self._name(term) for term in range(self.arrays.term_count))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """The terms from one on, those of later fields too."""
        first = self._seek(fieldname, prefix)
        return (self._name(term) for term in range(first, self.arrays.term_count))

    def items(self) -> Iterator[tuple[Term, Any]]:
        """All terms with their statistics."""
        return self._items(0)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, Any]]:
        """The terms from one on with their statistics."""
        return self._items(self._seek(fieldname, prefix))

    def _items(self, first: int) -> Iterator[tuple[Term, Any]]:
        return (
            (self._name(term), self.get_info(term)) for term in range(first, self.arrays.term_count)
        )

    def term_info(self, fieldname: str, text: bytes) -> Any:
        """Whoosh's statistics of a term.

        Raises:
            TermNotFound: the segment does not hold it.
        """
        return self.get_info(self._get(fieldname, text))

    def get_info(self, term: int) -> Any:
        """Whoosh's statistics of a term by number."""
        arrays = self.arrays
        start, end = arrays.get_postings(term)
        summary = summarise(arrays, term)
        return make_term_info(
            weight=summary.weight,
            document_frequency=end - start,
            min_length=length_of_byte(summary.min_length),
            max_length=length_of_byte(summary.max_length),
            max_weight=summary.max_weight,
            min_id=int(arrays.docs[start]),
            max_id=int(arrays.docs[end - 1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term occurs; 0 for an unknown one."""
        term = self.find(fieldname, text)
        return 0 if term < 0 else summarise(self.arrays, term).weight

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many documents hold a term, deleted ones included; 0 for an unknown one."""
        term = self.find(fieldname, text)
        if term < 0:
            return 0
        start, end = self.arrays.get_postings(term)
        return end - start

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> ColumnMatcher:
        """The postings of a term, deleted documents included.

        Raises:
            TermNotFound: the segment does not hold it.
        """
        term = self._get(fieldname, text)
        return ColumnMatcher(self.arrays, term, (fieldname, text), format_, scorer)

    def close(self) -> None:
        """Nothing to let go of: the maps live as long as somebody uses them."""

    def _seek(self, fieldname: str, prefix: bytes) -> int:
        number = self.arrays.find_field(fieldname)
        if number < 0:
            return self.arrays.term_count
        return self.arrays.seek_key(layout.make_term_key(number, prefix))

    def _get(self, fieldname: str, text: bytes) -> int:
        term = self.find(fieldname, text)
        if term < 0:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return term

    def _name(self, term: int) -> Term:
        key = self.arrays.get_term_key(term)
        number = int.from_bytes(key[: layout.KEY_FIELD_BYTES], "big")
        return self.arrays.facts.field_names[number], key[layout.KEY_FIELD_BYTES :]


class ColumnFieldCursor(FieldCursor):  # type: ignore[misc]  # Whoosh has no types
    """Walks over the terms of one field in order; spelling and fuzzy queries jump with it."""

    def __init__(self, terms: ColumnTermsReader, fieldname: str, fieldobj: Any) -> None:
        self._terms = terms
        self._field_number = terms.arrays.find_field(fieldname)
        self._field = fieldobj
        if self._field_number < 0:
            self._first = self._end = 0
        else:
            self._first, self._end = terms.arrays.get_field_terms(self._field_number)
        self._term = self._first

    def first(self) -> Any:
        """Go to the first term; its text, or None when there is none."""
        self._term = self._first
        return self.text()

    def find(self, string: Any) -> Any:
        """Go to the first term at or behind one; its text, or None."""
        text = string if isinstance(string, bytes) else self._field.to_bytes(string)
        found = self._terms.arrays.seek_key(layout.make_term_key(max(self._field_number, 0), text))
        self._term = min(max(found, self._first), self._end)
        return self.text()

    def next(self) -> Any:
        """Go to the next term; its text, or None."""
        self._term = min(self._term + 1, self._end)
        return self.text()

    def text(self) -> Any:
        """The term as the field shows it; None behind the last one."""
        if not self.is_valid():
            return None
        key = self._terms.arrays.get_term_key(self._term)
        return self._field.from_bytes(key[layout.KEY_FIELD_BYTES :])

    def term_info(self) -> Any:
        """Statistics of the term; None behind the last one."""
        return self._terms.get_info(self._term) if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._term < self._end
