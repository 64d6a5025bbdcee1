"""What a paper said before: metadata that a later harvest replaced."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Author


@dataclass(frozen=True, slots=True)
class PaperHistoryEntry:
    """One superseded state of a paper's title, authors, abstract or comments.

    Texts have the same form as in `Paper`; the `*_tex` fields too.

    Attributes:
        version: number of the paper's version when this was current, as far as known.
        updated_at: date of that version, UTC.
        datestamp: OAI's date of that state; None when its source gave none.
        change_number: the change that brought this state; unique among all papers' states.
        superseded_at: when the next state was stored here, UTC.
    """

    arxiv_id: ArxivId
    version: int
    title: str
    authors: tuple[Author, ...]
    abstract: str
    comments: str
    updated_at: datetime
    datestamp: date | None
    change_number: int
    superseded_at: datetime
    title_tex: str | None = None
    authors_tex: str | None = None
    abstract_tex: str | None = None
