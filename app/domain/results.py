"""What a search gives back: from the engine (identifiers), and from the service (papers)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Paper
from app.domain.query import NOTHING, AuthorName, FacetField, QueryNode, SearchRequest, Term


@dataclass(frozen=True, slots=True)
class EngineHit:
    """One match; `score` is unbounded and only comparable within one answer.

    Attributes:
        key: the engine's number behind the order by date, and between equal scores; only for
            `SearchAfter`.
    """

    arxiv_id: ArxivId
    score: float
    key: int = 0


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many of all matches carry a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which index answered.

    Attributes:
        generation: grows with every commit and every rebuild; part of cache keys.
        change_number: the last database change the index holds.
        papers: living papers in the index.
        schema_version: `app.search.documents.SCHEMA_VERSION` it was built with.
    """

    generation: int
    change_number: int
    papers: int
    schema_version: int


@dataclass(frozen=True, slots=True)
class EngineResult:
    """An engine's answer: hits in final order, the exact total, facet counts (highest first).

    Attributes:
        notes: sentences about what could not be done as asked.
    """

    hits: tuple[EngineHit, ...]
    total: int
    state: IndexState
    facets: dict[FacetField, tuple[FacetCount, ...]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """How common an index term is.

    Attributes:
        document_frequency: papers that hold it in title or abstract.
        collection_frequency: its occurrences there.
    """

    term: str
    document_frequency: int
    collection_frequency: int


LATENT_FIELD = "latent"
LATENT_TERM = "similarity"
"""Field and term of what a paper's likeness to the query adds to its score."""


@dataclass(frozen=True, slots=True)
class TermContribution:
    """The part of a score that one term in one field gives."""

    field: str
    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper has its score; contributions add up to it."""

    arxiv_id: ArxivId
    score: float
    contributions: tuple[TermContribution, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One result for people: the paper and its score."""

    paper: Paper
    score: float


@dataclass(frozen=True, slots=True)
class Replacement:
    """One word and what it was probably meant to be."""

    written: str
    correction: str


@dataclass(frozen=True, slots=True)
class Respelling:
    """A query with its misspelt words corrected.

    Attributes:
        original: the query as it was understood, in words.
        corrected: the same with the words replaced.
        tree: of the corrected query.
        original_total: papers that match the original, filters applied.
        corrected_total: papers that match the corrected query.
        is_applied: whether its results are shown in place of the original's; else it is a
            question ("did you mean").
    """

    original: str
    corrected: str
    tree: QueryNode
    replacements: tuple[Replacement, ...]
    original_total: int
    corrected_total: int
    is_applied: bool

    def correct(self, text: str) -> str:
        """A text as it was typed, with its misspelt words corrected and all else as it stands."""
        for each in self.replacements:
            written = rf"(?<!\w){re.escape(each.written)}(?!\w)"
            text = re.sub(written, each.correction.replace("\\", r"\\"), text)
        return text


@dataclass(frozen=True, slots=True)
class Expansion:
    """An acronym of the query with its long form searched as well, or the reverse.

    Attributes:
        written: the words of the query.
        expanded: what is searched besides.
        papers: abstracts that explain one by the other.
    """

    written: str
    expanded: str
    papers: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results.

    Attributes:
        total: exact number of matches.
        relaxed: True when few papers hold all the words, so papers with any of them are shown.
        holding_all: how few, where `relaxed`; `notes` say so in English.
        author: whom the words name, where few papers hold them and theirs are shown; as for notes.
        understood_as: the query in words; spellings that hardly any paper uses are not told.
        took_ms: time spent, milliseconds.
        missing: hits the index knows and the database does not (they are left out of `hits`).
        notes: sentences about what was read or found otherwise than asked.
        tree: the tree that gave the hits, for whoever explains or marks them.
        named: papers that the query names by identifier, which come first.
        respelling: the query with misspelt words corrected, shown or proposed.
        expansions: acronyms that are searched with their long forms, and the reverse.
        alternatives: what is searched in the place of words of the query as well, those of
            `expansions` among them.
        cursor: where the next page would go on.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    total: int
    state: IndexState
    facets: dict[FacetField, tuple[FacetCount, ...]]
    understood_as: str
    relaxed: bool
    took_ms: float
    missing: int = 0
    answered_at: datetime | None = None
    notes: tuple[str, ...] = ()
    tree: QueryNode = NOTHING
    named: frozenset[ArxivId] = frozenset()
    respelling: Respelling | None = None
    expansions: tuple[Expansion, ...] = ()
    alternatives: Mapping[tuple[Term, ...], Sequence[QueryNode]] = field(default_factory=dict)
    cursor: str = ""
    holding_all: int = 0
    author: AuthorName | None = None
