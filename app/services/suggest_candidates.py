"""What may be suggested for a text, before anybody counts what it finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.domain.categories import Category
from app.domain.query import AuthorName, Phrase, QueryNode, Term, join_all
from app.search.lexicon.lexicon import Lexicon
from app.text.title_words import split_entry
from app.text.tokenize import index_terms

MAX_NAMES_READ = 300
"""Authors of a family name, those with most papers, that are compared with the given name."""

MIN_FAMILY_CHARS = 2
MAX_NAME_WORDS = 4
"""A text of more words is no `given family`."""

SPARE_CANDIDATES = 2
"""How many times as many candidates are counted as are shown, since a few lead nowhere."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A suggestion before it is counted.

    Attributes:
        query: for the search box.
        tree: what the parser makes of it, which would take longer than the count.
    """

    text: str
    query: str
    tree: QueryNode


def list_completions(lexicon: Lexicon, key: str, limit: int) -> list[str]:
    """Words and phrases that begin so, most frequent first; of those that find the same, one."""
    wanted = SPARE_CANDIDATES * limit
    found = lexicon.phrases.list_top(lexicon.phrases.find_prefix(key), wanted)
    if " " not in key:
        found += lexicon.words.list_top(lexicon.words.find_prefix(key), 2)
        found.sort(key=lambda each: -each[1])
    texts: dict[tuple[str, ...], str] = {}
    for entry, _count in found:
        text = split_entry(entry)[1]
        texts.setdefault(tuple(index_terms(text)), text)
    return list(texts.values())


def iter_names(lexicon: Lexicon, key: str, limit: int) -> Iterator[str]:
    """Authors whose family name begins so, or who are written `given family`."""
    found = lexicon.authors.list_top(lexicon.authors.find_prefix(key), limit)
    *given, family = key.split()
    if not found and 0 < len(given) < MAX_NAME_WORDS and len(family) >= MIN_FAMILY_CHARS:
        named = lexicon.authors.list_top(lexicon.authors.find_prefix(family), MAX_NAMES_READ)
        found = [each for each in named if _has_given(split_entry(each[0])[0], given)][:limit]
    for entry, _count in found:
        yield split_entry(entry)[1]


def _has_given(key: str, given: list[str]) -> bool:
    words = key.split()[1:]
    return all(any(word.startswith(begun) for word in words) for begun in given)


@cache
def _list_parts(category: Category) -> tuple[str, ...]:
    """What a text may begin: the code, its parts and the words of the name, in small letters."""
    code = category.code.lower()
    return (code, *code.split("."), *category.name.lower().split())


def matches_category(category: Category, words: list[str]) -> bool:
    """Whether each word begins the code or a word of the name."""
    parts = _list_parts(category)
    return all(any(part.startswith(word) for part in parts) for word in words)


def ask_phrase(lead: list[str], phrase: str) -> AskedFor:
    """The words before as they are, the phrase in quotation marks."""
    is_word = " " not in phrase
    nodes: list[QueryNode] = [Term(word) for word in lead]
    nodes.append(Term(phrase) if is_word else Phrase(phrase))
    return AskedFor(
        text=" ".join([*lead, phrase]),
        query=" ".join([*lead, phrase if is_word else f'"{phrase}"']),
        tree=join_all(nodes),
    )


def ask_author(name: str) -> AskedFor:
    """The papers by an author."""
    plain = name.replace('"', " ")
    return AskedFor(name, f'au:"{plain}"', AuthorName(plain))
