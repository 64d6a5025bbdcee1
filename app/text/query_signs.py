"""Signs and words of a query that are no words to search for."""

import re

from app.text.query_fields import CONDITION_PREFIXES, FIELD_PREFIXES
from app.text.query_tokens import Kind

DEFAULT_DISTANCE = 5
"""Words that NEAR allows between its operands when it names no number."""

OPERATORS = {
    "OR": Kind.OR,
    "|": Kind.OR,
    "||": Kind.OR,
    "AND": Kind.AND,
    "&&": Kind.AND,
    "NOT": Kind.NOT,
    "ANDNOT": Kind.NOT,
    "PREFERABLY": Kind.PREFERABLY,
}
"""Words that join others; only as they stand here, in capitals."""

NEAR = re.compile(r"NEAR(?:/?([0-9]{1,6}))?")
"""NEAR and its distance."""
PREFIX = re.compile(r"([A-Za-z_]+):")
"""A name before a colon."""
RUN = re.compile(r'[^\s"]+')
"""What stands without blanks and quotation marks."""
SLOP = re.compile(r"~([0-9]{1,6})")
"""The distance behind a phrase."""
RUN_OR_PHRASE = re.compile(r'\s*([^\s"]+|")')
"""Blanks, and what follows them."""
_SUFFIX = r"(?:~([0-9]{1,3}))?(?:\^([0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]{1,2})?))?"
AFTER_GROUP = re.compile(_SUFFIX)
"""What may follow the end of a group at once: how many alternatives, and a weight."""
GROUP_ENDS = re.compile(rf"(?:\){_SUFFIX}[^\w)]*)+")
"""Parentheses that close groups and nothing of a word behind them; read in linear time."""
DATE_BRACKETS = re.compile(r"[\[{][^\]}]*[\]}]")
"""arXiv's own form of a range."""
QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"') | {"（": "(", "）": ")"})
SIGNS = frozenset('"()-^')
"""Signs that may begin something else than a word."""
NO_VALUES = frozenset(")-|&")
"""What begins no value of a field."""
IDLE_SIGNS = frozenset(",;:!?[]{}-")
"""Punctuation that words are rid of when it stands before them."""

KNOWN_PREFIXES = frozenset(FIELD_PREFIXES) | CONDITION_PREFIXES
"""Every name that means something before a colon."""

_EVERYDAY_WORDS = {"all", "any", "comment", "comments", "date", "has", "is", "journal", "like"} | {
    "published", "report", "since"
}  # fmt: skip
PATIENT_PREFIXES = KNOWN_PREFIXES - _EVERYDAY_WORDS
"""Names whose colon a blank may follow; before the others' a title may go on (One for all: …)."""
