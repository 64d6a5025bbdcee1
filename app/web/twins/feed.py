"""A list as all its formats need it: named, addressed, and with every text bounded."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.domain.announcements import AnnounceType
from app.domain.paper import Author, Paper
from app.services.exports import ExportedList, ListedPaper
from app.web.presentation import (
    MAX_ABSTRACT_CHARS,
    MAX_AUTHORS_ON_PAGE,
    MAX_LINE_CHARS,
    MAX_NAME_CHARS,
    MAX_TITLE_CHARS,
    clamp,
)

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold, or that no reader should be sent."""

NOTHING_YET = datetime(1991, 8, 14, tzinfo=UTC)
"""When an empty list last changed, where nothing better is known: the day arXiv opened."""

REPLACEMENTS = frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS})


@dataclass(frozen=True, slots=True)
class Feed:
    """A list with its name and its addresses.

    Attributes:
        title: of the list, as its page is called.
        base: public address of the service, without a last slash.
        page_address: of the page whose twin this is, path and query.
        own_address: of the twin.
        next_address: where the list goes on; empty when all of it is here.
    """

    title: str
    base: str
    page_address: str
    own_address: str
    next_address: str
    content: ExportedList

    @property
    def papers(self) -> tuple[ListedPaper, ...]:
        """The papers given."""
        return self.content.papers

    @property
    def updated_at(self) -> datetime:
        """When the newest paper came into the list."""
        return max((each.entered_at for each in self.papers), default=NOTHING_YET)

    @property
    def subtitle(self) -> str:
        """Sentences on what the list is and what is left out of it."""
        shown, total = len(self.papers), self.content.total
        sentences = list(self.content.notes)
        missing = len(self.content.missing)
        if missing:
            sentences.append(f"{missing:,} of its papers are not held here yet.")
        if shown + missing < total:
            sentences.append(f"{shown:,} of {total:,} papers.")
        if self.next_address:
            sentences.append(
                "More are behind the link “next”; limit= in the address asks for more at once."
            )
        return " ".join(sentences)


def make_entry_id(listed: ListedPaper) -> str:
    """The stable identifier of a paper in feeds; a replacement is an entry of its own."""
    identifier = f"oai:arXiv.org:{listed.paper.arxiv_id}"
    is_update = listed.kind in REPLACEMENTS
    return f"{identifier}v{listed.paper.version}" if is_update else identifier


def bound_paper(paper: Paper) -> Paper:
    """The paper with every text bounded and writable, so that no record breaks a whole list."""
    return replace(
        paper,
        title=_clean(paper.title, MAX_TITLE_CHARS),
        abstract=_clean(paper.abstract, MAX_ABSTRACT_CHARS),
        authors=tuple(map(_bound_author, paper.authors[:MAX_AUTHORS_ON_PAGE])),
        comments=_clean(paper.comments, MAX_LINE_CHARS),
        journal_ref=_clean(paper.journal_ref, MAX_LINE_CHARS),
        doi=_clean(paper.doi, MAX_LINE_CHARS),
    )


def _bound_author(author: Author) -> Author:
    if len(author.name) <= MAX_NAME_CHARS and author.name.isprintable():
        return author
    return Author(
        family=_clean(author.family, MAX_NAME_CHARS),
        given=_clean(author.given, MAX_NAME_CHARS),
        suffix=_clean(author.suffix, MAX_NAME_CHARS),
    )


def _clean(text: str, limit: int) -> str:
    # Nearly every text is printable, which is told much faster than what must go.
    return clamp(text, limit) if text.isprintable() else clamp(_UNWRITABLE.sub("", text), limit)
