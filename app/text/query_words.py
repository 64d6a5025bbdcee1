"""Words of a query: what is around them, and what they name."""

import re

from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import InvalidArxivIdError
from app.domain.query import AuthorName, AuthorPlace, QueryField
from app.text.tokenize import index_terms

PUNCTUATION_AFTER = ".,;:!?"
"""What a sentence puts behind its words."""

_PUNCTUATION_BEFORE = ",;:!?-"
_AROUND_NAMES = " \t;:!?*"
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def make_author(name: str) -> AuthorName | None:
    """The author that a name behind `au:` means; None without a letter or digit.

    >>> make_author("^Lee, A")
    AuthorName(name='Lee, A', place=<AuthorPlace.FIRST: 'first'>)
    """
    text = name.replace("_", " ").replace('"', " ").strip(_AROUND_NAMES)
    place = AuthorPlace.ANYWHERE
    if text.startswith("^"):
        place = AuthorPlace.FIRST
    elif text.endswith("$"):
        place = AuthorPlace.LAST
    text = " ".join(text.strip(_AROUND_NAMES + "^$").split())
    return AuthorName(text, place) if any(map(str.isalnum, text)) else None


def is_searchable(text: str, query_field: QueryField | None) -> bool:
    """Whether anything of a word or phrase is in the index: stop words are, in some fields."""
    if query_field in (None, QueryField.TITLE, QueryField.ABSTRACT):
        return bool(index_terms(text))
    return any(map(str.isalnum, text))


def find_id(text: str) -> ArxivId | None:
    """The paper that a text as a whole names (an id, an address, the stamp of a PDF), or None."""
    if not any(map(str.isdigit, text)):
        return None
    try:
        return parse_arxiv_id(text).arxiv_id
    except InvalidArxivIdError:
        return None


def find_id_list(raw: str) -> list[ArxivId]:
    """The identifiers of a list without blanks (`1706.03762,1810.04805`); empty for other runs."""
    if raw.isalpha():
        return []
    found = [find_id(part) for part in re.split(r"[,;|+]", raw) if part]
    return [each for each in found if each is not None] if None not in found else []


def clean_word(word: str) -> str:
    """A word without the punctuation of the sentence it came from."""
    if word.isalnum():
        return word
    while word != (shorter := trim_start(word.rstrip(PUNCTUATION_AFTER))):
        word = shorter
    return word


def has_star(word: str) -> bool:
    """Whether a word has a star that stands for letters."""
    # In TeX a star is a sign like others.
    return "*" in word and "\\" not in word and "$" not in word and "^" not in word


def trim_start(word: str) -> str:
    """Without what cannot begin a word; what remains begins with none of it."""
    while word != (shorter := _drop_lone_brackets(word.lstrip(_PUNCTUATION_BEFORE))):
        word = shorter
    return word


def _drop_lone_brackets(word: str) -> str:
    """Without opening brackets that nothing in the word closes, and the other way round."""
    word = word.lstrip("".join(_BRACKETS.values()))
    while word and word[0] in _BRACKETS and _BRACKETS[word[0]] not in word:
        word = word[1:]
    for opening, closing in _BRACKETS.items():
        if opening not in word:
            word = word.rstrip(closing)
    return word
