"""Acronyms and what they stand for: RAG and retrieval-augmented generation find each other.

Nobody wrote the list: every abstract of the corpus that explains an acronym adds to it
(`app.search.lexicon.acronyms`). A word is taken for an acronym only where the papers that hold it
often explain it, so `set` and `star` stay words. Never silent: each expansion is part of the
answer and of its page, with the way back (`expand=0`, or `as_written=RAG` for one of them).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.domain.query import And, Boosted, Or, Phrase, QueryField, QueryNode, Term, join_any
from app.domain.results import Expansion
from app.search.engine import SearchEngine
from app.search.lexicon.acronyms import (
    AcronymMeaning,
    find_meaning,
    find_short_form,
    has_long_form,
)
from app.search.lexicon.lexicon import Lexicon
from app.services.variant_weights import compute_telling, weigh_other
from app.services.word_runs import Words
from app.text.acronym_entries import make_long_key
from app.text.tokenize import fold_term, iter_parts, normalise

MIN_EXPLAINED_SHARE = 0.02
"""Share of the papers with a word that explain it as an acronym, for it to be taken as one."""

MIN_SHORT_CHARS, MAX_SHORT_CHARS = 2, 10
MAX_LONG_FORM_WORDS = 6
"""Words of a query that are looked up together."""

MAX_EXPANSIONS = 4
"""Acronyms of one query that are expanded, in its order."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Words that may be an acronym, or a long form of one."""

    words: Words
    meaning: AcronymMeaning
    alternative: QueryNode
    is_short: bool

    @property
    def written(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def expansion(self) -> Expansion:
        meaning = self.meaning
        other = meaning.long if self.is_short else meaning.short
        return Expansion(self.written, other, meaning.papers)

    @property
    def long(self) -> str:
        """The long form as the question writes it, else as papers do."""
        return self.meaning.long if self.is_short else self.written


@dataclass(frozen=True, slots=True)
class AcronymMatch:
    """Words of a query and what is searched in their place as well.

    Attributes:
        weighed: the alternative, with each of its ways of writing counting no more than the words.
    """

    words: Words
    alternative: QueryNode
    weighed: QueryNode
    expansion: Expansion


def find_acronyms(
    engine: SearchEngine,
    lexicon: Lexicon,
    runs: Sequence[Sequence[Term]],
    as_written: Collection[str] = (),
) -> list[AcronymMatch]:
    """The acronyms and long forms among words that stand side by side, in their order.

    Args:
        as_written: texts (of `Expansion.written`) that are left alone.

    Raises:
        SearchIndexError: there is no usable index.
    """
    left_alone = {text.casefold() for text in as_written}
    asked = {make_long_key(word.text) for run in runs for word in run}
    found: list[AcronymMatch] = []
    for each in _iter_candidates(lexicon, runs):
        if len(found) == MAX_EXPANSIONS:
            break
        if each.written.casefold() in left_alone or _is_asked_already(each, asked):
            continue
        if _is_used_as_acronym(engine, each.meaning) and _is_said(engine, each):
            weighed = _weigh(engine, each)
            found.append(AcronymMatch(each.words, each.alternative, weighed, each.expansion))
    return found


def _iter_candidates(lexicon: Lexicon, runs: Sequence[Sequence[Term]]) -> Iterator[_Candidate]:
    for run in runs:
        start = 0
        while start < len(run):
            words, meaning = _read_long_form(lexicon, run[start:])
            if meaning is not None:
                numbers = _list_numbers(meaning.short, words[0].field)
                yield _Candidate(words, meaning, join_any(numbers), is_short=False)
                start += len(words)
                continue
            word = run[start]
            meaning = find_meaning(lexicon, word.text) if _is_short(word) else None
            if meaning and not _is_other_case(word.text, meaning.short, is_first=start == 0):
                numbers = _list_numbers(meaning.short, word.field)
                others = [each for each in numbers if normalise(each.text) != normalise(word.text)]
                alternative = join_any([Phrase(meaning.long, word.field), *others])
                yield _Candidate((word,), meaning, alternative, is_short=True)
            start += 1


def _list_numbers(short: str, field: QueryField | None) -> list[Term]:
    """An acronym, and its plural where that is another word to the index: LLM, LLMs."""
    terms = {normalise(text): Term(text, field) for text in (f"{short}s", short)}
    return list(reversed(terms.values()))


def _read_long_form(lexicon: Lexicon, run: Sequence[Term]) -> tuple[Words, AcronymMeaning | None]:
    """The longest beginning of a run that is a long form."""
    key = ""
    best: tuple[Words, AcronymMeaning | None] = ((), None)
    for size, word in enumerate(run[:MAX_LONG_FORM_WORDS], start=1):
        key = f"{key} {make_long_key(word.text)}".strip()
        if not has_long_form(lexicon, key):
            break
        if (meaning := find_short_form(lexicon, key)) is not None:
            best = tuple(run[:size]), meaning
    return best


def _is_short(word: Term) -> bool:
    text = word.text
    is_plain = text.isascii() and text.isalnum() and not text.isdigit()
    return is_plain and MIN_SHORT_CHARS <= len(text) <= MAX_SHORT_CHARS and bool(normalise(text))


def _is_asked_already(candidate: _Candidate, asked: Collection[str]) -> bool:
    """Whether the query holds the other form anyway."""
    meaning = candidate.meaning
    others = set(asked) - {make_long_key(word.text) for word in candidate.words}
    return normalise(meaning.short) in others or set(meaning.key.split()) <= others


def _is_other_case(text: str, short: str, *, is_first: bool) -> bool:
    """Whether capitals tell a word from an acronym, as Tc from TC; a first one may be a keyboard's.

    >>> _is_other_case("Tc", "TC", is_first=False), _is_other_case("tc", "TC", is_first=False)
    (True, False)
    """
    is_mixed = not (text.islower() or text.isupper())
    is_written_so = text in (short, f"{short}s") or (is_first and text.istitle())
    return is_mixed and not is_written_so


def _is_said(engine: SearchEngine, candidate: _Candidate) -> bool:
    """Whether the long form, as it is written, says what the acronym does.

    One of a single word has to be explained by as large a share of the papers with that word as an
    acronym: "structures (SS)" in three papers does not make all structures SS, and distributions
    are not what out-of-distribution (OOD) is.
    """
    meaning = candidate.meaning
    if len(list(iter_parts(candidate.long))) > 1 or " " in meaning.key:
        return True
    holding = engine.get_document_frequencies([meaning.key])[0]
    return meaning.papers >= MIN_EXPLAINED_SHARE * holding


def _weigh(engine: SearchEngine, candidate: _Candidate) -> QueryNode:
    alternative = candidate.alternative
    ways = alternative.children if isinstance(alternative, Or) else (alternative,)
    asked, *others = _measure_telling(engine, (And(candidate.words), *ways))
    weights = [weigh_other(asked, other) for other in others]
    return join_any(
        [
            way if weight == 1.0 else Boosted(way, weight)
            for way, weight in zip(ways, weights, strict=True)
        ]
    )


def _measure_telling(engine: SearchEngine, nodes: Sequence[QueryNode]) -> list[float]:
    """How much the words of each node tell."""
    terms = [_list_terms(node) for node in nodes]
    distinct = list(dict.fromkeys(term for each in terms for term in each))
    counts = dict(zip(distinct, engine.get_document_frequencies(distinct), strict=True))
    papers = engine.get_state().papers
    return [sum(compute_telling(counts[term], papers) for term in each) for each in terms]


def _list_terms(node: QueryNode) -> list[str]:
    match node:
        case And(children):
            return [term for child in children for term in _list_terms(child)]
        case Term(text) | Phrase(text):
            return make_long_key(text).split()
    return []


def _is_used_as_acronym(engine: SearchEngine, meaning: AcronymMeaning) -> bool:
    term = normalise(fold_term(meaning.short))
    if not term:  # a stop word, as IT is
        return False
    holding = engine.get_document_frequencies([term])[0]
    return meaning.papers >= MIN_EXPLAINED_SHARE * holding
