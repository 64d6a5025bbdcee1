"""Preferences learned from the papers that somebody liked and skipped; nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import InvalidInputError
from app.search.engine import SearchEngine
from app.services.keywords import make_corpus_statistics
from app.services.limits import check_limit
from app.text.surfaces import find_surfaces
from app.text.taste_learning import (
    count_holders,
    keep_heaviest,
    learn_by_rocchio,
    make_unit_vectors,
)

DEFAULT_LEARNED_TERMS = 100
"""At this length what a list learned was no worse than all the terms: `make eval`."""


@dataclass(frozen=True, slots=True)
class LearningLimits:
    """What one request may hold; the names are those of the settings.

    Attributes:
        max_learning_papers: liked and skipped papers together.
        max_learned_terms: weighted terms in one answer.
    """

    max_learning_papers: int = 200
    max_learned_terms: int = 200


@dataclass(frozen=True, slots=True)
class LearnedTerm:
    """One line of a taste.

    Attributes:
        text: the word as it first stands in one of the papers.
        weight: from -1 (what is skipped) to 1; the heaviest line has one of these.
        liked: liked papers that hold it.
        skipped: skipped papers that hold it.
    """

    text: str
    weight: float
    liked: int
    skipped: int


@dataclass(frozen=True, slots=True)
class LearnedPreferences:
    """Weighted terms, heaviest first, and the papers that are not held here, as given."""

    terms: tuple[LearnedTerm, ...]
    missing: tuple[str, ...]


class PreferenceLearningService:
    """Learns what somebody likes; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine, limits: LearningLimits) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits

    def learn(
        self,
        liked: Sequence[str],
        skipped: Sequence[str],
        limit: int = DEFAULT_LEARNED_TERMS,
    ) -> LearnedPreferences:
        """The terms that tell the liked papers from the skipped ones.

        Args:
            liked: identifiers in any written form; one given twice counts once.
            skipped: likewise.
            limit: terms wanted.

        Raises:
            InvalidArxivIdError: one of them is not an identifier.
            InvalidInputError: a paper is both liked and skipped.
            LimitExceededError: too many papers or terms.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        limits = self._limits
        given = len(liked) + len(skipped)
        check_limit(given, "max_learning_papers", limits.max_learning_papers, "papers")
        check_limit(limit, "max_learned_terms", limits.max_learned_terms, "terms")
        groups = [_read_ids(written) for written in (liked, skipped)]
        _refuse_both(*groups)
        with self._database.read() as tx:
            papers = find_papers(tx, [each for group in groups for each in group])
        missing = [group[each] for group in groups for each in group if each not in papers]
        statistics = make_corpus_statistics(self._engine)
        texts = [
            [(papers[each].title, papers[each].abstract) for each in group if each in papers]
            for group in groups
        ]
        likes, skips = (make_unit_vectors(each, statistics) for each in texts)
        weights = keep_heaviest(learn_by_rocchio(likes, skips), limit)
        surfaces = find_surfaces(
            "\n".join(f"{title}\n{abstract}" for each in texts for title, abstract in each),
            [(term,) for term in weights],
        )
        in_liked, in_skipped = (count_holders(weights, vectors) for vectors in (likes, skips))
        terms = tuple(
            LearnedTerm(surfaces.get((term,), term), weight, in_liked[term], in_skipped[term])
            for term, weight in weights.items()
        )
        return LearnedPreferences(terms, tuple(missing))


def _read_ids(written_ids: Sequence[str]) -> dict[ArxivId, str]:
    """Identifier -> as it was given; each paper once."""
    found: dict[ArxivId, str] = {}
    for written in written_ids:
        found.setdefault(parse_arxiv_id(written).arxiv_id, written)
    return found


def _refuse_both(liked: dict[ArxivId, str], skipped: dict[ArxivId, str]) -> None:
    for arxiv_id in liked:
        if arxiv_id in skipped:
            raise InvalidInputError(
                f"{arxiv_id} is given as liked and as skipped. Give it as one of them."
            )
