"""Whoosh readers over the segments of one commit."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.search.whoosh.codec.segment import ColumnSegment
from app.search.whoosh.codec.whoosh_internals import (
    EmptyReader,
    FileStorage,
    FilterMatcher,
    MultiReader,
    SegmentReader,
)
from app.search.whoosh.schema import make_schema


class LivingReader(SegmentReader):  # type: ignore[misc]  # Whoosh has no types
    """Reads one segment without the documents deleted so far.

    Whoosh collects the deleted documents anew for every posting list; here they are collected
    once.
    """

    def __init__(
        self, storage: Any, schema: Any, segment: ColumnSegment, generation: int = 0
    ) -> None:
        super().__init__(storage, schema, segment, generation=generation)
        self._deleted = frozenset(segment.deleted_docs())

    def postings(self, fieldname: str, text: Any, scorer: Any = None) -> Any:
        """A matcher of the term's living documents.

        Raises:
            TermNotFound: the segment does not hold the term.
        """
        encoded = self.schema[fieldname].to_bytes(text)
        matcher = self._terms.matcher(
            fieldname, encoded, self.schema[fieldname].format, scorer=scorer
        )
        return FilterMatcher(matcher, self._deleted, exclude=True) if self._deleted else matcher


def open_reader(folder: Path, segments: Sequence[ColumnSegment], generation: int) -> Any:
    """A reader of these segments; deletions made to them later are not seen."""
    storage, schema = FileStorage(str(folder)), make_schema()
    readers = [LivingReader(storage, schema, segment, generation) for segment in segments]
    if not readers:
        return EmptyReader(schema)
    return readers[0] if len(readers) == 1 else MultiReader(readers, generation=generation)
