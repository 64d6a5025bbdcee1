"""What stands for a paper in few words, and the statistics that words are chosen by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class KeywordMethod(StrEnum):
    """How keywords are chosen."""

    PHRASES = "phrases"
    """Keyphrases of one to four words, for people."""

    LITERAL = "literal"
    """Single words by plain TF-IDF, as the original site takes them."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase that stands for a text; every number behind its place is shown.

    Attributes:
        text: as people read it.
        weight: what keywords are ordered by; comparable within one text only.
        tf: occurrences in title and abstract; those in the title may count more.
        df: papers of the index that hold it; of a phrase, those that hold its rarest word.
        idf: how rare it is, a logarithm.
        terms: the index terms of its words, in order.
        acronym: the short form that the text gives for a phrase; empty where it gives none.
    """

    text: str
    weight: float
    tf: float
    df: int
    idf: float
    terms: tuple[str, ...]
    acronym: str = ""


@dataclass(frozen=True, slots=True)
class CorpusStatistics:
    """How common index terms are.

    Attributes:
        papers: how many papers were counted.
        get_document_frequencies: index terms -> papers that hold each in title or abstract, in
            the order asked; 0 for unknown ones.
    """

    papers: int
    get_document_frequencies: Callable[[Sequence[str]], Sequence[int]]
