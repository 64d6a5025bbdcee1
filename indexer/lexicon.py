"""Words, phrases, acronyms and authors of changed papers -> lexicon of suggestions and spelling.

The lexicon has a change number of its own and reads on from there, so it heals itself after any
crash, beside the index. A paper that changed is counted again: frequencies only order candidates.
Building it anew, as a rebuild of the index does, sets them right.
"""

from collections.abc import Iterable
from heapq import merge
from pathlib import Path

from app.db import papers
from app.db.session import Database
from app.domain.paper import Paper
from app.search.lexicon.lexicon import (
    Lexicon,
    find_lexicon,
    make_lexicon,
    save_lexicon,
    sweep_lexicons,
)
from app.search.lexicon.table import StringTable
from app.text.acronym_entries import list_acronym_entries
from app.text.title_words import list_title_phrases, list_title_words, make_author_entry
from indexer.bounded_counter import BoundedCounter

BATCH_PAPERS = 5_000

MAX_WORDS = 1_000_000
MAX_PHRASES = 1_000_000
MAX_AUTHORS = 2_000_000
MAX_ACRONYMS = 500_000
"""Different strings counted at a time: some 700 MB in all where every limit is reached."""

MIN_PHRASE_COUNT = 2
"""A phrase of one title alone, or an acronym of one abstract, is left out by a rebuild; four of
five are, and nobody asks for them. An update keeps them, since a second title may follow."""


def update_lexicon(database: Database, index_dir: Path) -> Lexicon:
    """Bring the lexicon up to the database's last change; built anew where there is none.

    Raises:
        SearchIndexError: it cannot be written.
        StorageError: the database failed.
    """
    known = find_lexicon(index_dir)
    with database.read() as tx:
        last_change = papers.get_last_change_number(tx)
    if known is None or known.change_number > last_change:
        return rebuild_lexicon(database, index_dir)
    if known.change_number == last_change:
        sweep_lexicons(index_dir)
        return known
    counts = _Counts()
    change_number = known.change_number
    while True:
        with database.read() as tx:
            changed = papers.stream_changes(tx, change_number, BATCH_PAPERS)
        if not changed:
            break
        counts.add(changed)
        change_number = changed[-1].change_number
    return _save(index_dir, counts, change_number, known)


def rebuild_lexicon(database: Database, index_dir: Path) -> Lexicon:
    """The lexicon of all living papers, in place of what was there.

    Raises:
        SearchIndexError: it cannot be written.
        StorageError: the database failed.
    """
    counts = _Counts()
    with database.read() as tx:
        change_number = papers.get_last_change_number(tx)
        for batch in papers.stream_all_papers(tx, BATCH_PAPERS):
            counts.add(batch)
    for each in (counts.phrases, counts.meanings, counts.short_forms):
        each.forget_below(MIN_PHRASE_COUNT)
    return _save(index_dir, counts, change_number, make_lexicon(0))


class _Counts:
    """What some papers hold."""

    def __init__(self) -> None:
        self.words = BoundedCounter(MAX_WORDS)
        self.phrases = BoundedCounter(MAX_PHRASES)
        self.authors = BoundedCounter(MAX_AUTHORS)
        self.meanings = BoundedCounter(MAX_ACRONYMS)
        self.short_forms = BoundedCounter(MAX_ACRONYMS)

    def add(self, changed: Iterable[Paper]) -> None:
        for paper in changed:
            if paper.deleted_at is None:
                self.words.add(list_title_words(paper.title))
                self.phrases.add(list_title_phrases(paper.title))
                self.authors.add({make_author_entry(author) for author in paper.authors})
                meanings, short_forms = list_acronym_entries(paper.abstract)
                self.meanings.add(meanings)
                self.short_forms.add(short_forms)


def _save(index_dir: Path, counts: _Counts, change_number: int, known: Lexicon) -> Lexicon:
    lexicon = make_lexicon(
        change_number,
        words=_join(known.words, counts.words),
        phrases=_join(known.phrases, counts.phrases),
        authors=_join(known.authors, counts.authors),
        meanings=_join(known.meanings, counts.meanings),
        short_forms=_join(known.short_forms, counts.short_forms),
    )
    save_lexicon(index_dir, lexicon)
    return lexicon


def _join(known: StringTable, counts: BoundedCounter) -> Iterable[tuple[str, int]]:
    """Known and new counts in one order; `make_table` adds up what occurs twice."""
    return merge(known, counts.list_counts())
