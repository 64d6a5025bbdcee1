"""Did you mean: words of a query that are probably misspelt, and what the corrected query finds.

A word is suspect when the index (nearly) lacks it; the lexicon gives words a letter or two away,
and the engine counts them in the company of the other words. Only bare words are looked at: what
stands in quotation marks or behind a field is meant as it is written. Nothing is changed silently:
a `Respelling` always says what it replaces, and `spell=0` turns all of this off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

from app.domain.query import And, Filters, Or, QueryField, QueryNode, Term
from app.domain.results import Replacement, Respelling
from app.search.engine import SearchEngine
from app.search.lexicon.source import LexiconSource
from app.text.query_syntax import render_query
from app.text.spelling import (
    Correction,
    fold_for_spelling,
    get_allowed_edits,
    rank_corrections,
)
from app.text.tokenize import normalise

RARE_SHARE = 2e-5
"""A word is suspect up to this share of all papers (60 of 3 million), and up to `RARE_PAPERS`."""

RARE_PAPERS = 2

DOUBTFUL_SHARE = 1e-4
"""Up to this share a word is suspect too where the query as written finds nothing.

Most words of this frequency are spelt right (9 of 10 at 100,000 papers), so alone they are not.
"""

NEARLY_NONE = 2
"""Up to so many results count as nearly none: a certain correction is then shown instead."""

MANY_TIMES = 20
"""So many times as frequent as the suspect word a correction must be to be worth a question."""

MIN_CORRECTION_PAPERS = 5
"""Fewer papers do not make a correction certain."""

MAX_CANDIDATES = 3
"""Corrections of a word that are counted together with the rest of the query."""

MAX_SUSPECTS = 3
"""Most words of a query that are corrected; with more, it is no slip but another language."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A word that the index nearly lacks."""

    term: Term
    papers: int
    corrections: tuple[Correction, ...]


class SpellingService:
    """Corrects queries; safe to share between threads."""

    def __init__(self, engine: SearchEngine, lexicons: LexiconSource) -> None:
        self._engine = engine
        self._lexicons = lexicons

    def respell(self, tree: QueryNode, filters: Filters) -> Respelling | None:
        """The corrected query; None when no word is suspect or no correction helps.

        Costs one look-up of the words' frequencies where nothing is suspect.

        Raises:
            SearchIndexError: there is no usable index.
        """
        papers = self._count_words(tree)
        rare, doubtful = self._get_bounds()
        if all(count > doubtful for count in papers.values()):
            return None
        original_total = self._engine.count(tree, filters)
        bound = doubtful if original_total == 0 else rare
        suspects = self._find_suspects({term: n for term, n in papers.items() if n <= bound})
        if not suspects:
            return None
        chosen = self._choose(tree, filters, suspects)
        corrected = replace_terms(tree, chosen)
        corrected_total = self._engine.count(corrected, filters)
        if corrected_total < MANY_TIMES * original_total or corrected_total == 0:
            return None
        is_certain = original_total <= NEARLY_NONE and all(
            each.papers <= rare and self._is_certain(each, original_total, corrected_total)
            for each in suspects
        )
        return Respelling(
            original=render_query(tree),
            corrected=render_query(corrected),
            tree=corrected,
            replacements=tuple(
                Replacement(term.text, correction.text) for term, correction in chosen.items()
            ),
            original_total=original_total,
            corrected_total=corrected_total,
            is_applied=is_certain,
        )

    def _count_words(self, tree: QueryNode) -> dict[Term, int]:
        """The papers that hold each word that could be misspelt."""
        # A stop word has no term, and is spelt right.
        asked = [
            term
            for term in dict.fromkeys(_iter_bare_terms(tree))
            if fold_for_spelling(term.text) and normalise(term.text)
        ]
        if not asked:
            return {}
        return dict(zip(asked, self._count_papers([t.text for t in asked]), strict=True))

    def _get_bounds(self) -> tuple[int, int]:
        """Up to how many papers a word is suspect, and where the query finds nothing."""
        held = self._engine.get_state().papers
        rare = max(RARE_PAPERS, int(RARE_SHARE * held))
        return rare, max(rare, int(DOUBTFUL_SHARE * held))

    def _find_suspects(self, papers: Mapping[Term, int]) -> list[_Suspect]:
        suspects = []
        for term, count in papers.items():
            corrections = self._find_corrections(fold_for_spelling(term.text), count)
            if corrections:
                suspects.append(_Suspect(term, count, corrections))
        return suspects if len(suspects) <= MAX_SUSPECTS else []

    def _find_corrections(self, word: str, papers: int) -> tuple[Correction, ...]:
        """The best corrections of a word that are much more frequent than it is.

        A stop word is, though no paper is indexed under it.
        """
        lexicon = self._lexicons.get()
        numbers = lexicon.deletions.find(word, get_allowed_edits(word))
        candidates = [(lexicon.words.read(n), int(lexicon.words.counts[n])) for n in numbers]
        # Another form of the same word finds the same papers.
        stem = normalise(word)
        ranked = [c for c in rank_corrections(word, candidates) if normalise(c.word) != stem]
        best = ranked[:MAX_CANDIDATES]
        counts = self._count_papers([each.word for each in best])
        return tuple(
            each
            for each, count in zip(best, counts, strict=True)
            if not normalise(each.word) or count >= max(MANY_TIMES * papers, 1)
        )

    def _choose(
        self, tree: QueryNode, filters: Filters, suspects: Sequence[_Suspect]
    ) -> dict[Term, Term]:
        """A correction for each suspect: the one that goes best with the other words."""
        chosen = {each.term: replace(each.term, text=each.corrections[0].word) for each in suspects}
        if isinstance(tree, Term):
            return chosen
        for suspect in suspects:
            if len(suspect.corrections) > 1:
                options = [
                    (replace(suspect.term, text=each.word), each) for each in suspect.corrections
                ]
                counts = [
                    self._engine.count(replace_terms(tree, chosen | {suspect.term: term}), filters)
                    for term, _correction in options
                ]
                # The channel's cost, with the frequency in this company instead of overall.
                scores = [
                    log(count + 1) + each.score - log(each.frequency + 1)
                    for count, (_term, each) in zip(counts, options, strict=True)
                ]
                if any(counts):
                    chosen[suspect.term] = options[scores.index(max(scores))][0]
        return chosen

    def _is_certain(self, suspect: _Suspect, original_total: int, corrected_total: int) -> bool:
        """Whether the word is nobody's: not among the authors, and not in the texts.

        Of three million papers a few hold any slip. In those the word does not stand beside the
        others of the query, while its correction does in many.
        """
        if suspect.corrections[0].frequency < MIN_CORRECTION_PAPERS:
            return False
        if suspect.papers > 0 and (original_total > 0 or corrected_total < MANY_TIMES):
            return False
        author = Term(suspect.term.text, QueryField.AUTHOR)
        return self._engine.count(author, Filters()) == 0

    def _count_papers(self, words: Sequence[str]) -> list[int]:
        statistics = self._engine.get_term_statistics([normalise(word) for word in words])
        return [each.document_frequency for each in statistics]


def replace_terms(tree: QueryNode, replacements: Mapping[Term, Term]) -> QueryNode:
    """The tree with some of its words replaced; what is excluded stays."""
    match tree:
        case Term():
            return replacements.get(tree, tree)
        case And(children) | Or(children):
            replaced = tuple(replace_terms(child, replacements) for child in children)
            return replace(tree, children=replaced)
    return tree


def _iter_bare_terms(tree: QueryNode) -> Iterator[Term]:
    match tree:
        case Term(field=None):
            yield tree
        case And(children) | Or(children):
            for child in children:
                yield from _iter_bare_terms(child)
