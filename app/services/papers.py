"""One paper, asked for in any written form of its identifier."""

from dataclasses import dataclass

from app.db.papers import find_missing_ids, get_paper, list_history
from app.db.session import Database, Transaction
from app.db.stars import count_stars
from app.domain.arxiv_id import ArxivId, VersionedId, parse_arxiv_id
from app.domain.errors import PaperDeletedError, PaperNotFoundError
from app.domain.paper import Paper
from app.domain.paper_history import PaperHistoryEntry


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """A paper, how it was asked for, and what it said before.

    Attributes:
        history: superseded metadata, newest first.
        stars: how many readers gave it.
    """

    paper: Paper
    asked: VersionedId
    history: tuple[PaperHistoryEntry, ...] = ()
    stars: int = 0

    @property
    def version_note(self) -> str:
        """What to say when another version is held than was asked for; else empty."""
        asked, held = self.asked.version, self.paper.version
        if asked is None or asked == held:
            return ""
        if asked > held:
            return (
                f"Version {asked} was asked for; the newest known here is {held}. A later one may "
                "not have been harvested yet."
            )
        return (
            f"Version {asked} was asked for; the metadata shown is that of version {held}. arXiv "
            "gives out the metadata of the current version only."
        )


class PaperService:
    """Looks papers up; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_paper(self, written_id: str) -> PaperAnswer:
        """The paper of an identifier in any written form, with its superseded metadata.

        Raises:
            InvalidArxivIdError: `written_id` is not an identifier.
            PaperDeletedError: arXiv deleted the record.
            PaperNotFoundError: it is not held here.
            StorageError: there is no usable database.
        """
        asked = parse_arxiv_id(written_id)
        with self._database.read() as tx:
            paper = get_living_paper(tx, asked.arxiv_id)
            stars = count_stars(tx, [paper.arxiv_id]).get(paper.arxiv_id, 0)
            return PaperAnswer(paper, asked, tuple(list_history(tx, asked.arxiv_id)), stars)


def get_living_paper(tx: Transaction, arxiv_id: ArxivId) -> Paper:
    """The living paper with this id.

    Raises:
        PaperDeletedError: arXiv deleted the record.
        PaperNotFoundError: it is not held here.
    """
    try:
        return get_paper(tx, arxiv_id)
    except PaperNotFoundError as error:
        if arxiv_id in find_missing_ids(tx, [arxiv_id]):
            raise
        # Held, but not living: the database keeps a tombstone.
        raise PaperDeletedError(str(error)) from error
