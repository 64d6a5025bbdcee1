"""Keywords of a paper or of any text, from the statistics of the index; nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.session import Database
from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.keywords import CorpusStatistics, Keyword, KeywordMethod
from app.search.engine import SearchEngine
from app.services.limits import check_limit
from app.services.papers import get_living_paper
from app.text.keyphrases import extract_keyphrases
from app.text.keywords import extract_literal_keywords

DEFAULT_KEYWORDS = 10


@dataclass(frozen=True, slots=True)
class KeywordLimits:
    """What one question may ask for; the names are those of the settings.

    Attributes:
        max_keywords: keywords in one answer.
        max_keyword_text_chars: longest title and abstract together, characters. Of a held paper
            whose text is longer the beginning is read.
    """

    max_keywords: int = 50
    max_keyword_text_chars: int = 20_000


@dataclass(frozen=True, slots=True)
class KeywordAnswer:
    """The keywords of a text, best first.

    Attributes:
        arxiv_id: of the paper; None for a text that was sent.
        papers: papers of the index that the statistics count.
    """

    keywords: tuple[Keyword, ...]
    method: KeywordMethod
    papers: int
    arxiv_id: ArxivId | None = None


class KeywordService:
    """Finds keywords; safe to share between threads."""

    def __init__(self, database: Database, engine: SearchEngine, limits: KeywordLimits) -> None:
        self._database = database
        self._engine = engine
        self._limits = limits

    def get_keywords(
        self,
        written_id: str,
        method: KeywordMethod = KeywordMethod.PHRASES,
        limit: int = DEFAULT_KEYWORDS,
    ) -> KeywordAnswer:
        """The keywords of a paper that is held.

        Raises:
            InvalidArxivIdError: `written_id` is not an identifier.
            LimitExceededError: too many keywords are asked for.
            PaperNotFoundError: the paper is not held here.
            SearchIndexError: there is no usable index.
            StorageError: there is no usable database.
        """
        self._check_count(limit)
        arxiv_id = parse_arxiv_id(written_id).arxiv_id
        with self._database.read() as tx:
            paper = get_living_paper(tx, arxiv_id)
        most = self._limits.max_keyword_text_chars
        title = paper.title[:most]
        return self._extract(title, paper.abstract[: most - len(title)], method, limit, arxiv_id)

    def extract(
        self,
        title: str,
        abstract: str,
        method: KeywordMethod = KeywordMethod.PHRASES,
        limit: int = DEFAULT_KEYWORDS,
    ) -> KeywordAnswer:
        """The keywords of any text, which is forgotten.

        Raises:
            LimitExceededError: the text is too long, or too many keywords are asked for.
            SearchIndexError: there is no usable index.
        """
        self._check_count(limit)
        check_limit(
            len(title) + len(abstract),
            "max_keyword_text_chars",
            self._limits.max_keyword_text_chars,
            "characters",
        )
        return self._extract(title, abstract, method, limit, None)

    def _extract(
        self,
        title: str,
        abstract: str,
        method: KeywordMethod,
        limit: int,
        arxiv_id: ArxivId | None,
    ) -> KeywordAnswer:
        statistics = make_corpus_statistics(self._engine)
        is_literal = method is KeywordMethod.LITERAL
        extract = extract_literal_keywords if is_literal else extract_keyphrases
        found = extract(title, abstract, statistics, limit)
        return KeywordAnswer(tuple(found), method, statistics.papers, arxiv_id)

    def _check_count(self, limit: int) -> None:
        check_limit(limit, "max_keywords", self._limits.max_keywords, "keywords")


def make_corpus_statistics(engine: SearchEngine) -> CorpusStatistics:
    """What the index of an engine knows of how common terms are.

    Raises:
        SearchIndexError: there is no usable index.
    """

    def get_document_frequencies(terms: Sequence[str]) -> list[int]:
        return [each.document_frequency for each in engine.get_term_statistics(terms)]

    return CorpusStatistics(engine.get_state().papers, get_document_frequencies)
