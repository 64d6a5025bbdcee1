"""Journal and year of a journal reference, where it is written in the usual way."""

import re
from dataclasses import dataclass

MAX_CHARS = 300
"""Longer references name several places."""

_REFERENCE = re.compile(
    r"(?P<title>[^\W\d_][^\d();]{1,120}?)[\s,.:]*"
    r"(?:\b[Vv]ol(?:ume|\.)?\s*)?(?P<volume>[A-Z]?\d+[A-Za-z]?)\b[^()]*"
    r"\((?P<year>(?:19|20)\d\d)\)"
)


@dataclass(frozen=True, slots=True)
class JournalReference:
    """Where a paper was published."""

    journal: str
    year: int


def find_journal(reference: str) -> JournalReference | None:
    """The journal and year; None where the text has not the form `journal volume … (year)`.

    >>> find_journal("Phys. Rev. D 66 (2002) 010001")
    JournalReference(journal='Phys. Rev. D', year=2002)
    >>> find_journal("to appear in Nature")
    """
    match = _REFERENCE.match(reference) if len(reference) <= MAX_CHARS else None
    if match is None:
        return None
    return JournalReference(match["title"].strip(" ,.:"), int(match["year"]))
