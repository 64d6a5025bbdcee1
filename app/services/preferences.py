"""Lists in the order of a reader's words, and word clouds; nothing of a reader is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.papers import find_papers
from app.db.session import Database
from app.domain.arxiv_id import parse_arxiv_id
from app.domain.keywords import CorpusStatistics
from app.domain.query import Or, Phrase, QueryNode, Term
from app.search.engine import SearchEngine
from app.services.limits import check_limit
from app.text.keywords import extract_literal_keywords
from app.text.tokenize import iter_tokens
from app.text.word_cloud import choose_default_preferences, make_word_cloud


@dataclass(frozen=True, slots=True)
class PreferenceLimits:
    """What one request may hold; the names are those of the settings.

    Attributes:
        max_preference_ids: papers of a list or of a history.
        max_preference_words: words or phrases.
        max_preference_word_chars: longest word or phrase, characters.
    """

    max_preference_ids: int = 2_000
    max_preference_words: int = 50
    max_preference_word_chars: int = 200


@dataclass(frozen=True, slots=True)
class RankedId:
    """One place of a list: the identifier as it was given, and how well the words fit.

    Attributes:
        score: 0 for papers that hold none of the words.
    """

    written: str
    score: float


@dataclass(frozen=True, slots=True)
class Cloud:
    """Words of a history with the papers that have them, and the preference they suggest.

    Attributes:
        missing: identifiers of papers that are not held here, as they were given.
    """

    words: tuple[tuple[str, int], ...]
    preferences: tuple[str, ...]
    missing: tuple[str, ...]


class PreferenceService:
    """Orders lists and makes clouds; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine, limits: PreferenceLimits) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits

    def rank(self, written_ids: Sequence[str], words: Sequence[str]) -> tuple[RankedId, ...]:
        """All of the given identifiers, those first that fit the words best.

        Papers that hold none of the words, and those not held here, follow in the order given;
        equal scores keep it too. Nothing is lost, an identifier given twice stays twice.

        Raises:
            InvalidArxivIdError: one of them is not an identifier.
            LimitExceededError: too many identifiers or words, or a word too long.
            SearchIndexError: there is no usable index.
        """
        self._check_ids(written_ids)
        self._check_words(words)
        ids = [parse_arxiv_id(each).arxiv_id for each in written_ids]
        query = make_preference_query(words)
        scores = self._engine.score_papers(query, set(ids)) if query is not None and ids else {}
        score_of = [scores.get(each, 0.0) for each in ids]
        places = sorted(range(len(ids)), key=score_of.__getitem__, reverse=True)
        return tuple(RankedId(written_ids[each], score_of[each]) for each in places)

    def make_cloud(self, written_ids: Sequence[str]) -> Cloud:
        """The words of the papers somebody looked at, the one looked at last at the end.

        A paper given twice counts once, at its last place.

        Raises:
            InvalidArxivIdError: one of them is not an identifier.
            LimitExceededError: too many identifiers.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        self._check_ids(written_ids)
        by_id = {parse_arxiv_id(each).arxiv_id: each for each in reversed(written_ids)}
        ids = list(reversed(by_id))
        with self._database.read() as tx:
            papers = find_papers(tx, ids)
        statistics = self._make_statistics()
        cloud = make_word_cloud(
            [
                keyword.text
                for keyword in extract_literal_keywords(
                    papers[each].title, papers[each].abstract, statistics
                )
            ]
            for each in ids
            if each in papers
        )
        missing = tuple(by_id[each] for each in ids if each not in papers)
        return Cloud(tuple(cloud), tuple(choose_default_preferences(cloud)), missing)

    def _make_statistics(self) -> CorpusStatistics:
        """How common words are; each is asked for once, however many papers hold it."""
        known: dict[str, int] = {}

        def get_document_frequencies(terms: Sequence[str]) -> list[int]:
            missing = [term for term in terms if term not in known]
            if missing:
                found = self._engine.get_document_frequencies(missing)
                known.update(zip(missing, found, strict=True))
            return [known[term] for term in terms]

        return CorpusStatistics(self._engine.get_state().papers, get_document_frequencies)

    def _check_ids(self, written_ids: Sequence[str]) -> None:
        check_limit(
            len(written_ids), "max_preference_ids", self._limits.max_preference_ids, "papers"
        )

    def _check_words(self, words: Sequence[str]) -> None:
        limits = self._limits
        check_limit(len(words), "max_preference_words", limits.max_preference_words, "words")
        longest = max(map(len, words), default=0)
        check_limit(
            longest,
            "max_preference_word_chars",
            limits.max_preference_word_chars,
            "characters of one word",
        )


def make_preference_query(words: Sequence[str]) -> QueryNode | None:
    """Any of the words; several words in one place are a phrase. None where nothing is left."""
    nodes = [
        Phrase(word) if sum(1 for _token in iter_tokens(word)) > 1 else Term(word)
        for word in dict.fromkeys(each.strip() for each in words)
        if word
    ]
    return Or(tuple(nodes)) if nodes else None
