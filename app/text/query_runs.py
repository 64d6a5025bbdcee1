"""What stands between blanks in a query: operators, fields that are none, values that come late."""

import re

from app.text.query_signs import (
    DEFAULT_DISTANCE,
    KNOWN_PREFIXES,
    NEAR,
    NO_VALUES,
    OPERATORS,
    PATIENT_PREFIXES,
    RUN_OR_PHRASE,
)
from app.text.query_tokens import Kind, QueryToken
from app.text.query_values import MAX_PHRASE_SLOP
from app.text.query_words import clean_word, find_id
from app.text.tokenize import index_terms


def find_operator(run: str, column: int) -> QueryToken | None:
    """The operator that a run is; None for any other word."""
    if not run.isupper() and run[:1] not in ("|", "&"):
        return None
    word = clean_word(run)
    near = NEAR.fullmatch(word)
    if near is not None:
        distance = min(int(near[1]), MAX_PHRASE_SLOP) if near[1] else DEFAULT_DISTANCE
        return QueryToken(Kind.NEAR, run, column, distance=distance)
    kind = OPERATORS.get(word)
    return QueryToken(kind, run, column) if kind is not None else None


def is_unknown_field(prefix: re.Match[str], run: str) -> bool:
    """Whether a name before a colon, with which a run begins, seems to be meant as a field."""
    value = run[prefix.end() :]
    return (
        prefix[1].lower() not in KNOWN_PREFIXES
        and not value.startswith("//")
        and bool(index_terms(value))
        and find_id(run) is None
    )


def find_late_value(text: str, prefix: re.Match[str]) -> int | None:
    """Where a prefix's value begins behind blanks; only for names that titles do not hold."""
    place = prefix.end()
    if prefix[1].lower() not in PATIENT_PREFIXES or not text[place : place + 1].isspace():
        return None
    value = RUN_OR_PHRASE.match(text, place)
    if value is None or value[1] in OPERATORS or value[1][0] in NO_VALUES:
        return None
    return value.start(1)
