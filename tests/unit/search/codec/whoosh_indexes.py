"""The same documents in two Whoosh indexes: stock W3 segments, and ours through the same writer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex
from whoosh.writing import SegmentWriter

from app.search.whoosh.codec.codec import ColumnCodec
from app.search.whoosh.codec.segment import ColumnSegment


class _ColumnWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own writer on our codec; a commit replaces the segments of the index object."""

    def __init__(self, index: "ColumnIndex", **options: Any) -> None:
        super().__init__(index, codec=ColumnCodec(), **options)
        self._index = index

    def _commit_toc(self, segments: list[ColumnSegment]) -> None:
        self._index.segments = segments
        self._index.generation = self.generation


class ColumnIndex(FileIndex):  # type: ignore[misc]  # Whoosh has no types
    """A Whoosh index of our segments whose table of contents stays in memory."""

    def __init__(self, folder: Path, schema: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.storage = FileStorage(str(folder))
        self.indexname = "MAIN"
        self.segments: list[ColumnSegment] = []
        self.generation = 0
        self._schema = schema

    def _read_toc(self) -> TOC:
        return TOC(self._schema, [segment.copy() for segment in self.segments], self.generation)

    def latest_generation(self) -> int:
        return self.generation

    def writer(self, **options: Any) -> SegmentWriter:
        return _ColumnWriter(self, **options)


class IndexPair:
    """A stock index and ours, to which the same is done."""

    def __init__(self, folder: Path, make_schema: Callable[[], Any]) -> None:
        stock = folder / "stock"
        stock.mkdir(parents=True)
        self.stock = whoosh_index.create_in(str(stock), make_schema(), indexname="MAIN")
        self.ours = ColumnIndex(folder / "ours", make_schema())

    def commit(self, change: Callable[[Any], None], **options: Any) -> None:
        """Let `change` write to both."""
        for each in (self.stock, self.ours):
            writer = each.writer()
            change(writer)
            writer.commit(**({"merge": False} | options))
