"""Results for a query that somebody is still typing."""

import re
from dataclasses import replace

from app.domain.results import SearchPage
from app.services.search import SearchQuestion, SearchService

_BEGUN_WORD = re.compile(r"(?:^|\s)[^\W\d_][\w-]+$")
"""A plain last word of at least two characters: no field, no sign, nothing closed behind it."""


def find_while_typing(
    service: SearchService, question: SearchQuestion
) -> tuple[SearchQuestion, SearchPage]:
    """What answers a query whose last word may have just begun, and the question it answers.

    As it is written, if that finds papers; else with the last word as the beginning of one; else as
    if it were typed to the end, with its spelling corrected.

    Raises:
        InvalidInputError: the question cannot be read.
        SearchIndexError: there is no usable index.
        StorageError: there is no usable database.
    """
    as_written = replace(question, corrects_spelling=False)
    page = service.search(as_written)
    if page.total and not page.relaxed:
        return question, page
    begun = complete_last_word(question.text)
    if begun:
        completed = replace(as_written, text=begun)
        page = service.search(completed)
        if page.total and not page.relaxed:
            return completed, page
    return question, service.search(question)


def complete_last_word(text: str) -> str:
    """The query with its last word as the beginning of one; empty where it is no plain word.

    >>> complete_last_word("otters barom"), complete_last_word('au:otter "hold')
    ('otters barom*', '')
    """
    if text.count('"') % 2 or not _BEGUN_WORD.search(text):
        return ""
    return f"{text}*"
