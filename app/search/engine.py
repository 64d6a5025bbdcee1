"""The seam behind which search engines sit.

Nothing outside an engine's own folder knows how postings are stored or scored. Reading and
writing are apart: the web process holds a `SearchEngine` and never an `IndexWriter`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from app.domain.arxiv_id import ArxivId
from app.domain.query import Filters, QueryField, QueryNode, RankMode, SearchRequest
from app.domain.results import EngineResult, Explanation, IndexState, TermStatistics
from app.search.candidates import CandidateQuestion, Candidates
from app.search.documents import IndexDocument


class SearchEngine(Protocol):
    """Reads one index; safe to share between threads; sees new commits by itself.

    Every method raises `IndexMissingError` when there is no index yet, `IndexOutdatedError`
    when it was built with another schema version and `IndexDamagedError` when it cannot be read.
    """

    def search(self, request: SearchRequest) -> EngineResult:
        """The hits of one page in final order, with the exact total and facets."""
        ...

    def count(self, query: QueryNode, filters: Filters) -> int:
        """The exact number of matches."""
        ...

    def explain(
        self,
        query: QueryNode,
        arxiv_id: ArxivId,
        *,
        filters: Filters = Filters(),  # noqa: B008  # immutable
        rank: RankMode = RankMode.DEFAULT,
    ) -> Explanation:
        """The score of one paper for a query, by term and field, as `search` gives it.

        Raises:
            PaperNotFoundError: the index does not hold the paper.
        """
        ...

    def explain_papers(
        self,
        query: QueryNode,
        arxiv_ids: Collection[ArxivId],
        *,
        filters: Filters = Filters(),  # noqa: B008  # immutable
        rank: RankMode = RankMode.DEFAULT,
    ) -> dict[ArxivId, Explanation]:
        """The explanations of those of the given papers that the index holds."""
        ...

    def score_papers(
        self,
        query: QueryNode,
        arxiv_ids: Collection[ArxivId],
        filters: Filters = Filters(),  # noqa: B008  # immutable
    ) -> dict[ArxivId, float]:
        """The scores by words of those of the given papers that match and pass the filters.

        Others are not looked at.
        """
        ...

    def suggest(
        self, prefix: str, limit: int, *, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Index terms that begin with `prefix`, most frequent first.

        Args:
            field: as for `get_term_statistics`.
        """
        ...

    def list_matching_terms(
        self, pattern: str, limit: int, *, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Index terms that match a pattern, most frequent first.

        Args:
            pattern: `*` stands for any letters, `?` for one letter.
            field: as for `get_term_statistics`.
        """
        ...

    def list_similar_terms(
        self, word: str, limit: int, *, max_edits: int = 1, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Index terms at most `max_edits` (1 or 2) letters from a word, most frequent first.

        The first letter has to be the same; two letters that changed places are one edit.

        Args:
            field: as for `get_term_statistics`.
        """
        ...

    def get_term_statistics(
        self, terms: Sequence[str], *, field: QueryField | None = None
    ) -> list[TermStatistics]:
        """Statistics of index terms, in the order asked; frequency 0 for unknown ones.

        Args:
            field: the one field that is meant. Papers deleted or replaced a short while ago may
                then still be counted, as they are in scores. Without a field, living papers that
                hold a term in title or abstract are counted exactly. Either way costs a pass over
                those papers; `get_document_frequencies` does not.
        """
        ...

    def get_document_frequencies(
        self, terms: Sequence[str], *, field: QueryField | None = None
    ) -> list[int]:
        """How many papers hold each index term, as scores count them: read off the dictionary.

        Hundreds of terms take a millisecond. Papers deleted or replaced a short while ago may
        still be counted.

        Args:
            field: None for title or abstract, whichever more papers hold the term in.
        """
        ...

    def stream_terms(self, field: QueryField) -> Iterator[tuple[str, int]]:
        """All words of a field in order of their text, and how many papers hold each.

        Counts as `get_term_statistics` does within a field. The iterator holds one state of the
        index open: read it to its end, or close it.
        """
        ...

    def find_similar(
        self, weighted_terms: Sequence[tuple[str, float]], filters: Filters, limit: int
    ) -> EngineResult:
        """Papers that score best for an OR of weighted words over title and abstract."""
        ...

    def find_candidates(self, question: CandidateQuestion) -> Candidates:
        """Papers that may be like a profile, with what each of them holds of it; reads no text."""
        ...

    def choose_telling_terms(
        self, documents: Sequence[IndexDocument]
    ) -> tuple[tuple[str, float], ...]:
        """The index terms by which papers like the given ones are found, with their weights."""
        ...

    def find_more_like(
        self, documents: Sequence[IndexDocument], filters: Filters, limit: int
    ) -> EngineResult:
        """Papers most like the given ones taken together.

        The given ones are left out of the hits; the total counts them.
        """
        ...

    def get_state(self) -> IndexState:
        """Which index answers now."""
        ...

    def warm_up(self) -> float:
        """Do now what the first search would have to wait for; returns the seconds it took.

        Needs no index.
        """
        ...

    def verify(self) -> bool:
        """Whether all files of the index hold what was written into them; reads all of them.

        Once it has found one that does not, every other method raises `IndexDamagedError` with
        its name, until the index is built anew. Needs no index.
        """
        ...

    def close(self) -> None:
        """Let go of all files."""
        ...


class IndexWriter(Protocol):
    """Writes one index; one at a time. Nothing is visible before `commit`.

    Leaving the `with` block without a commit drops what was written.
    """

    @property
    def state(self) -> IndexState:
        """The index as of the last commit."""
        ...

    def replace(self, documents: Iterable[IndexDocument]) -> None:
        """Add documents, each in place of an earlier one of the same paper."""
        ...

    def delete(self, arxiv_ids: Iterable[ArxivId]) -> None:
        """Take papers out; unknown ones are ignored."""
        ...

    def commit(self, change_number: int) -> IndexState:
        """Publish everything written, together with the change number it brings the index to."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
