"""`phrases` keywords: the keyphrases of a paper, by how rare their words are in the whole index.

A candidate (`app.text.phrase_candidates`) of n words with document frequencies df_1 … df_n weighs

    weight = tf · idf · words · alone · early, times SINGLE_WORD_FACTOR for a single word,

    idf    the sum of ln((1 + N) / (1 + df_i)) + 1, divided by √n,
    words  mean over its words of (occurrences of the word in the text), to the WORD_POWER,
    alone  ALONE_FLOOR + share of its occurrences that are a whole noun phrase,
    early  (EARLY_WORDS + words before it)^-EARLY_POWER.

Only statistics of single words are asked of the index, once for the whole text. The constants
are a compromise of three collections, each of which alone wants others; `make eval
ARGS=keyphrases` measures.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

from app.domain.keywords import CorpusStatistics, Keyword
from app.text.acronyms import find_acronyms
from app.text.keywords import smooth_idf
from app.text.phrase_candidates import Candidate, find_candidates, iter_chunks

MAX_KEYPHRASES = 10

WORD_POWER = 1 / 3
ALONE_FLOOR = 0.3
EARLY_WORDS = 10
EARLY_POWER = 0.25
SINGLE_WORD_FACTOR = 0.35
"""Of equally rare and frequent phrases, people choose the longer one."""

MIN_WINDOW_WORDS = 3
"""Shorter phrases share too little to be cuttings of one another."""


def extract_keyphrases(
    title: str, abstract: str, statistics: CorpusStatistics, limit: int = MAX_KEYPHRASES
) -> list[Keyword]:
    """The `limit` phrases that weigh most, best first; fewer where the text has fewer.

    Singular and plural are one phrase, and so are an acronym and the long form that the text
    gives for it: `Keyword.acronym` holds it then. `df` is that of the rarest word.

    Args:
        title: of the paper; may be empty, like the abstract.
        abstract: of the paper.
        statistics: of the index, or of any other body of texts.
        limit: phrases wanted.
    """
    candidates = find_candidates(title, abstract)
    acronyms = _join_acronyms(candidates, f"{title}\n{abstract}")
    terms = list(dict.fromkeys(chain.from_iterable(candidates)))
    df = dict(zip(terms, statistics.get_document_frequencies(terms), strict=True))
    occurrences = _count_words(candidates.values())
    weighed = [
        (each, _make_keyword(each, df, statistics.papers, occurrences, acronyms.get(terms, "")))
        for terms, each in candidates.items()
    ]
    # A stable sort: of equally heavy phrases the earlier one comes first.
    weighed.sort(key=lambda each: -each[1].weight)
    return list(islice(_leave_out_windows(weighed), limit))


def _leave_out_windows(weighed: Iterable[tuple[Candidate, Keyword]]) -> Iterator[Keyword]:
    """Without other cuttings of a noun phrase that is too long to be one keyphrase.

    Of "American sign language fingerspelling recognition" the heaviest four words stay, not the
    three or four that begin or end one word later. What lies within the former may still stay.
    """
    kept: list[set[tuple[str, ...]]] = []
    for candidate, keyword in weighed:
        words = set(candidate.words)
        is_cutting = candidate.alone == 0 and len(candidate.words) >= MIN_WINDOW_WORDS
        if is_cutting and any(len(words - other) == 1 for other in kept):
            continue
        kept.append(words)
        yield keyword


def _count_words(candidates: Iterable[Candidate]) -> Counter[tuple[str, ...]]:
    """How often each word occurs in noun phrases."""
    return Counter({each.terms: each.count for each in candidates if len(each.words) == 1})


def _make_keyword(
    candidate: Candidate,
    df: Mapping[str, int],
    papers: int,
    occurrences: Counter[tuple[str, ...]],
    acronym: str,
) -> Keyword:
    length = len(candidate.words)
    # Of a hyphenated word the rarest part speaks for the whole.
    rarest = [min(df[term] for term in word) for word in candidate.words]
    idf = sum(smooth_idf(min(each, papers), papers) for each in rarest) / math.sqrt(length)
    spread = math.fsum(math.log(max(occurrences[word], 1)) for word in candidate.words) / length
    weight = (
        candidate.count
        * idf
        * math.exp(WORD_POWER * spread)
        * (ALONE_FLOOR + candidate.alone / candidate.count)
        * (EARLY_WORDS + candidate.place) ** -EARLY_POWER
        * (SINGLE_WORD_FACTOR if length == 1 else 1.0)
    )
    return Keyword(
        candidate.choose_spelling(),
        weight,
        candidate.count,
        min(rarest),
        idf,
        candidate.terms,
        acronym,
    )


def _join_acronyms(
    candidates: dict[tuple[str, ...], Candidate], text: str
) -> dict[tuple[str, ...], str]:
    """Count explained acronyms with their long forms -> acronym by terms of the long form."""
    joined: dict[tuple[str, ...], str] = {}
    for acronym in find_acronyms(text):
        short, long = (_find_whole(candidates, form) for form in (acronym.short, acronym.long))
        if long is None:
            continue
        joined[long.terms] = acronym.short
        if short is not None and short is not long:
            long.count += short.count
            long.alone += short.alone
            del candidates[short.terms]
    return joined


def _find_whole(candidates: Mapping[tuple[str, ...], Candidate], form: str) -> Candidate | None:
    """The candidate that all of `form` is."""
    chunks = list(iter_chunks(form))
    if len(chunks) != 1:
        return None
    return candidates.get(tuple(chain.from_iterable(word.terms for word in chunks[0])))
