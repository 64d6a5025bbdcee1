"""Storing what a harvest or an import brings: the one way papers are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from app.db.change_sequence import ChangeSequence
from app.db.models import papers
from app.db.paper_merge import HeldPaper, complete, is_older
from app.db.paper_rows import PaperContent, compute_content_hash, make_content
from app.db.paper_writer import (
    LivingRow,
    Tombstone,
    Touch,
    bury,
    copy_to_history,
    touch,
    write_living,
)
from app.db.parameters import is_one_of
from app.db.session import Transaction
from app.domain.harvest import DeletedRecord, HarvestedRecord, PaperRecord, UpsertCounts

HISTORY_TEXTS = ("title", "abstract", "authors", "comments")
"""When one of these changes, the former state of the paper is kept."""

_HELD_COLUMNS = [papers.c[name] for name in HeldPaper._fields]
_CONTENT_COLUMNS = [papers.c[name] for name in PaperContent._fields]


def upsert_records(
    tx: Transaction, records: Sequence[HarvestedRecord], *, now: datetime
) -> UpsertCounts:
    """Store the records as if they came one after the other, in a few statements for all.

    What a record does to a paper that is held is told in `app.db.paper_merge`. Besides:

    * A paper whose content changes gets the next change number; one that stays as it is does
      not, and its row is left alone (save for a later datestamp).
    * A deleted record makes the paper a tombstone, which keeps its metadata and gets a change
      number; a later living record brings it back. One of a paper never held does nothing.
    * Of a title, abstract, author list or comment that changes, the former state is kept in
      the paper's history.
    * Of several records of one paper the last one counts, unless it is older (see there); those
      in between are in the history as if each had come in a batch of its own.

    Args:
        tx: a writing transaction; nothing counts before it commits.
        records: in the order the source told them; about 2,000 at a time are fastest.
        now: the moment these changes are accepted, UTC.

    Returns:
        How many records added, changed, deleted or left a paper as it was; a paper that
        comes back counts as changed.
    """
    if not records:
        return UpsertCounts()
    sequence = ChangeSequence.lock(tx)
    counts = UpsertCounts()
    for batch in _split_at_repeats(records):
        counts += _store(tx, batch, sequence, now)
    sequence.save()
    return counts


def _split_at_repeats(records: Sequence[HarvestedRecord]) -> Iterator[list[HarvestedRecord]]:
    """The records in order, cut wherever a paper would occur a second time."""
    batch: list[HarvestedRecord] = []
    seen: set[str] = set()
    for record in records:
        if record.arxiv_id.value in seen:
            yield batch
            batch, seen = [], set()
        batch.append(record)
        seen.add(record.arxiv_id.value)
    yield batch


def _store(
    tx: Transaction, batch: Sequence[HarvestedRecord], sequence: ChangeSequence, now: datetime
) -> UpsertCounts:
    held = _select_held(tx, [record.arxiv_id.value for record in batch])
    older = [
        paper.arxiv_id
        for record in batch
        if (paper := held.get(record.arxiv_id.value)) and is_older(record, paper)
    ]
    plan = _Plan(sequence, held, _select_contents(tx, older))
    for record in batch:
        if isinstance(record, DeletedRecord):
            plan.delete(record)
        else:
            plan.store(record)
    copy_to_history(tx, _find_reworded(tx, plan.replacements), now=now)
    write_living(tx, plan.rows, now=now)
    bury(tx, plan.tombstones, now=now)
    touch(tx, plan.touches)
    return UpsertCounts(
        added=plan.added,
        changed=len(plan.rows) - plan.added,
        unchanged=len(batch) - len(plan.rows) - len(plan.tombstones),
        deleted=len(plan.tombstones),
    )


@dataclass(slots=True)
class _Plan:
    """What to write for a batch in which every paper occurs once."""

    sequence: ChangeSequence
    held: dict[str, HeldPaper]
    held_contents: dict[str, PaperContent]
    added: int = 0
    rows: list[LivingRow] = field(default_factory=list)
    replacements: dict[str, PaperContent] = field(default_factory=dict)
    tombstones: list[Tombstone] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)

    def store(self, record: PaperRecord) -> None:
        """Plan what a living record does."""
        arxiv_id = record.arxiv_id.value
        held = self.held.get(arxiv_id)
        content = make_content(record)
        if held is None:
            self.added += 1
            self._write(arxiv_id, content, compute_content_hash(content), record.datestamp)
            return
        if is_older(record, held):
            if held.deleted_at is not None:
                return
            content = complete(self.held_contents[arxiv_id], content)
        else:
            content = complete(content, held)
        datestamp = _find_later(record.datestamp, held.datestamp)
        content_hash = compute_content_hash(content)
        if content_hash != held.content_hash or held.deleted_at is not None:
            self.replacements[arxiv_id] = content
            self._write(arxiv_id, content, content_hash, datestamp, was_living=not held.deleted_at)
        elif datestamp is not None and datestamp != held.datestamp:
            self.touches.append(Touch(arxiv_id, datestamp))

    def delete(self, record: DeletedRecord) -> None:
        """Plan what a deleted record does."""
        held = self.held.get(record.arxiv_id.value)
        if held is None or is_older(record, held):
            return
        if held.deleted_at is not None:
            if record.datestamp != held.datestamp:
                self.touches.append(Touch(held.arxiv_id, record.datestamp))
            return
        self.sequence.living_papers -= 1
        midnight = datetime.combine(record.datestamp, time(), UTC)
        self.tombstones.append(
            Tombstone(held.arxiv_id, self.sequence.take(), record.datestamp, midnight)
        )

    def _write(
        self,
        arxiv_id: str,
        content: PaperContent,
        content_hash: bytes,
        datestamp: date | None,
        *,
        was_living: bool = False,
    ) -> None:
        self.sequence.living_papers += not was_living
        self.rows.append(
            LivingRow(arxiv_id, self.sequence.take(), datestamp, content_hash, content)
        )


def _find_later(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return max(one, other)


def _select_held(tx: Transaction, ids: Sequence[str]) -> dict[str, HeldPaper]:
    query = select(*_HELD_COLUMNS).where(is_one_of(tx.dialect.name, papers.c.arxiv_id, ids))
    return {row.arxiv_id: HeldPaper(*row) for row in tx.execute(query)}


def _select_contents(tx: Transaction, ids: Sequence[str]) -> dict[str, PaperContent]:
    if not ids:
        return {}
    query = select(papers.c.arxiv_id, *_CONTENT_COLUMNS).where(
        is_one_of(tx.dialect.name, papers.c.arxiv_id, ids)
    )
    return {row[0]: PaperContent(*row[1:]) for row in tx.execute(query)}


def _find_reworded(tx: Transaction, replacements: dict[str, PaperContent]) -> list[str]:
    """The papers whose stored title, abstract, authors or comments are about to change."""
    if not replacements:
        return []
    query = select(papers.c.arxiv_id, *(papers.c[name] for name in HISTORY_TEXTS)).where(
        is_one_of(tx.dialect.name, papers.c.arxiv_id, list(replacements))
    )
    return [
        arxiv_id
        for arxiv_id, *texts in tx.execute(query)
        if texts != [getattr(replacements[arxiv_id], name) for name in HISTORY_TEXTS]
    ]
