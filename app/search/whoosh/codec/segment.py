"""A segment as Whoosh knows it: a name, a number of documents, and which of them are deleted."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.search.whoosh.codec.document_columns import DocumentColumns
from app.search.whoosh.codec.segment_arrays import INDEX_NAME, SegmentArrays
from app.search.whoosh.codec.whoosh_internals import Segment
from app.search.whoosh.latent import LatentVectors

Numbers = NDArray[np.uint32]


class ColumnSegment(Segment):  # type: ignore[misc]  # Whoosh has no types
    """One segment with the deletions of one state of the index.

    Readers share it and never change it; a writer changes a `copy`.

    Attributes:
        arrays: the segment's arrays; None while Whoosh's writer still gathers documents.
        gathered_documents: those documents.
        deletion_name: the file that lists the deleted documents; None when all live, or when
            the list changed since it was written.
        latent: the vectors of its papers; None without.
    """

    def __init__(
        self,
        codec: Any,
        segment_id: str,
        *,
        arrays: SegmentArrays | None = None,
        deleted: Iterable[int] = (),
        deletion_name: str | None = None,
        latent: LatentVectors | None = None,
        index_name: str = INDEX_NAME,
    ) -> None:
        super().__init__(index_name)
        self.segid = segment_id.removeprefix(f"{index_name}_")
        self.arrays = arrays
        self.gathered_documents: DocumentColumns | None = None
        self.deletion_name = deletion_name
        self.latent = latent
        self._codec = codec
        self._document_count = 0 if arrays is None else arrays.document_count
        self._deleted = set(deleted)

    def codec(self, **_options: Any) -> Any:
        """The codec that reads it."""
        return self._codec

    def copy(self) -> "ColumnSegment":
        """The same segment, whose deletions may be changed."""
        return ColumnSegment(
            self._codec,
            self.segment_id(),
            arrays=self.arrays,
            deleted=self._deleted,
            deletion_name=self.deletion_name,
            latent=self.latent,
            index_name=self.indexname,
        )

    def get_arrays(self) -> SegmentArrays:
        """The arrays of a segment that is written.

        Raises:
            ValueError: it is not written yet.
        """
        if self.arrays is None:
            raise ValueError(f"the segment {self.segment_id()} is not written yet")
        return self.arrays

    def set_doc_count(self, doccount: int) -> None:
        """Whoosh's writer tells how many documents it gathered."""
        self._document_count = doccount

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._document_count

    def should_assemble(self) -> bool:
        """Never: files within one file could not be memory-mapped each with its own type."""
        return False

    def deleted_count(self) -> int:
        """How many documents are deleted."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """The deleted documents, in no order."""
        return iter(self._deleted)

    def list_deleted(self) -> Numbers:
        """The deleted documents in ascending order, uint32."""
        return np.array(sorted(self._deleted), dtype=np.uint32)

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark a document as deleted, or as living again.

        Raises:
            IndexError: the segment has no such document.
        """
        self.deletion_name = None
        if delete:
            if self.arrays is not None and not 0 <= docnum < self._document_count:
                raise IndexError(f"segment {self.segment_id()} has no document {docnum}")
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted
