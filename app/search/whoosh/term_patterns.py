"""Which terms of a dictionary are meant: those that begin alike, fit a pattern or differ little."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.search.whoosh.fast_path.edits import count_edits

_JOKERS = {"*": ".*", "?": "."}
MAX_COMPILED_PATTERNS = 256


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """Terms that begin with a text."""

    prefix: str

    def matches(self, term: str) -> bool:
        """Whether a term is meant."""
        return term.startswith(self.prefix)

    def __str__(self) -> str:
        return f"{self.prefix}*"


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Terms that match a pattern as a whole: `*` stands for any letters, `?` for one letter."""

    pattern: str

    @property
    def prefix(self) -> str:
        """What all of them begin with."""
        return re.split(r"[*?]", self.pattern, maxsplit=1)[0]

    @property
    def longest_piece(self) -> str:
        """The longest text that all of them hold somewhere."""
        return max(re.split(r"[*?]", self.pattern), key=len)

    def matches(self, term: str) -> bool:
        """Whether a term is meant."""
        return _compile(self.pattern).fullmatch(term) is not None

    def __str__(self) -> str:
        return self.pattern


@dataclass(frozen=True, slots=True)
class SimilarTo:
    """Terms at most `max_edits` letters from a word; the first `fixed` letters have to be the same.

    One insertion, deletion, replacement or swap of neighbours is one edit.
    """

    word: str
    max_edits: int
    fixed: int = 1

    @property
    def prefix(self) -> str:
        """What all of them begin with."""
        return self.word[: self.fixed]

    def matches(self, term: str) -> bool:
        """Whether a term is meant."""
        return (
            term.startswith(self.prefix)
            and count_edits(self.word, term, self.max_edits) <= self.max_edits
        )

    def __str__(self) -> str:
        return f"{self.word}~{self.max_edits}"


TermPattern = BeginsWith | Wildcard | SimilarTo


@lru_cache(maxsize=MAX_COMPILED_PATTERNS)
def _compile(pattern: str) -> re.Pattern[str]:
    expression = "".join(_JOKERS.get(letter, re.escape(letter)) for letter in pattern)
    return re.compile(expression, re.DOTALL)
