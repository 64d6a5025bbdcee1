r"""The one analyzer: index, query, keywords and highlighting all see text through it.

    text ── map_tex_to_words ──> words ── iter_tokens ──> tokens ── normalise ──> index terms

* A token is a run of letters and digits; TeX is read as words (`$\ell_1$` is l1) and offsets are
  those of the text as given.
* A compound of two or three parts also gives one token for all of it: non-invasive is non, invasive
  and noninvasive, GPT-4 is gpt, 4 and gpt4; so each spelling finds the others. 4.5 is one token.
* Runs of Chinese characters and kana give overlapping pairs.
* `normalise` folds case and accents, turns single Greek letters into their names, drops stop
  words and stems English words (Snowball).

Query and document are treated alike. Whoever changes a term that any text gives must raise
`ANALYZER_VERSION`: an index built with another one is rebuilt.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import Stemmer

from app.text.stop_words import STOP_WORDS
from app.text.tex_words import has_tex, map_tex_to_words, tex_to_words

ANALYZER_VERSION = 2
"""Stored in every index; raised by any change of the terms."""

MAX_JOINED_PARTS = 3
"""Parts of the longest compound that is also one token."""

MAX_TERM_CHARS = 64
"""Longer tokens (hashes, encoded data) are dropped."""

TERM_CACHE_SIZE = 1 << 16
"""Words and compounds whose terms are remembered: nine of ten in running text, about 20 MB."""

MAX_CACHED_CHARS = 48
"""Longer compounds, and runs of Chinese, hardly recur and would only fill the memory."""


class Token(NamedTuple):
    """One token as it stands in the text.

    Attributes:
        text: its letters, before `normalise`.
        start: offset of its first character in the given text.
        end: offset after its last.
        position: counts tokens for phrases; a joined compound has that of its first part.
    """

    text: str
    start: int
    end: int
    position: int


_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HYPHENS = "-\u2010\u2011"
_CHUNK = re.compile(rf"\w+(?:[{_HYPHENS}.'’\u0300-\u036f]\w+)*")
"""Whatever is glued together; no token crosses its borders. TeX has left no underscores."""

_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_WORD = rf"[^\W_{_CJK}]+"
_PART = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    # An apostrophe, a combining mark or a decimal point within a word.
    rf"|{_WORD}(?:(?:['’\u0300-\u036f]|(?<=[0-9])\.(?=[0-9])){_WORD})*"
    rf"(?P<hyphen>[{_HYPHENS}](?={_WORD}))?"
)


def iter_tokens(text: str) -> Iterator[Token]:
    r"""The tokens of `text` in order, each joined compound after its parts.

    >>> [token.text for token in iter_tokens(r"A non-invasive $\ell_1$ test of GPT-4.5")]
    ['A', 'non', 'invasive', 'noninvasive', 'l1', 'test', 'of', 'GPT', '4.5', 'GPT4.5']
    """
    words = map_tex_to_words(text) if has_tex(text) else None
    position = 0
    for chunk in _CHUNK.finditer(text if words is None else words.text):
        offset, next_position = chunk.start(), position
        for part in _tokens_of_chunk(chunk[0]):
            start, end = part.start + offset, part.end + offset
            if words is not None:
                start, end = words.source_span(start, end)
            yield Token(part.text, start, end, position + part.position)
            next_position = max(next_position, position + part.position + 1)
        position = next_position


def iter_chunks(words: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """The pieces of plain words that no token crosses, each a match with its place.

    Args:
        words: text without TeX (`app.text.tex_words`).
        start: where to begin, between two pieces.
        end: where to stop, between two pieces; None for the end of the text.

    >>> [chunk[0] for chunk in iter_chunks("of GPT-4, twice")]
    ['of', 'GPT-4', 'twice']
    """
    return _CHUNK.finditer(words, start, len(words) if end is None else end)


def _tokens_of_chunk(chunk: str) -> list[Token]:
    """The tokens of one chunk; offsets and positions count from its beginning."""
    tokens: list[Token] = []
    position = 0
    compound: list[Token] = []
    for match in _PART.finditer(chunk):
        start, end = match.span()
        if match["cjk"] is not None:
            pairs = list(_iter_pairs(match["cjk"], start, position))
            tokens += pairs
            position += len(pairs)
            continue
        is_linked = match["hyphen"] is not None
        end -= is_linked
        compound.append(Token(chunk[start:end], start, end, position))
        tokens.append(compound[-1])
        position += 1
        if not is_linked:
            if 2 <= len(compound) <= MAX_JOINED_PARTS:  # a compound, not a word
                tokens.append(_join(compound))
            compound = []
    return tokens


def _join(parts: list[Token]) -> Token:
    text = "".join(part.text for part in parts)
    return Token(text, parts[0].start, parts[-1].end, parts[0].position)


def _iter_pairs(run: str, start: int, position: int) -> Iterator[Token]:
    """Overlapping pairs of characters; a lone character is its own token."""
    for index in range(max(len(run) - 1, 1)):
        pair = run[index : index + 2]
        yield Token(pair, start + index, start + index + len(pair), position + index)


_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "n"}
)
_GREEK_NAMES = {
    ord(letter): name
    for letter, name in zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        re.findall(
            "[a-z]+",
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
            "rho sigma sigma tau upsilon phi chi psi omega",
        ),
        strict=True,
    )
}
_GREEK_WORD = re.compile("[α-ω]{2,}")
_stemmers = threading.local()


def normalise(token: str) -> str:
    """The index term of one token's text; empty for stop words and what is too long.

    >>> normalise("Schrödinger's"), normalise("Images"), normalise("β2"), normalise("the")
    ('schroding', 'imag', 'beta2', '')
    """
    return _term_of(token) if len(token) <= MAX_TERM_CHARS else ""


@lru_cache(TERM_CACHE_SIZE)
def _term_of(token: str) -> str:
    term = fold_term(token)
    if len(term) > MAX_TERM_CHARS or term in STOP_WORDS:
        return ""
    return _stem(term) if term.isalpha() and term.isascii() else term


def find_form(token: str) -> str:
    """The word of one token's text as it is written, folded and not stemmed; empty as its term.

    >>> find_form("Images"), find_form("the")
    ('images', '')
    """
    form = fold_term(token) if len(token) <= MAX_TERM_CHARS else ""
    return "" if len(form) > MAX_TERM_CHARS or form in STOP_WORDS else form


def list_forms(text: str) -> list[str]:
    """The words of a text as they are written, in order; compounds in their parts.

    >>> list_forms("The non-invasive imaging of images")
    ['non', 'invasive', 'imaging', 'images']
    """
    return [form for token in iter_parts(text) if (form := find_form(token.text))]


def list_inflected(text: str) -> list[str]:
    """The words of a text that are not their own index term, each behind that term, in order.

    >>> list_inflected("The graph of images")
    ['imag images']
    """
    words = tex_to_words(text) if has_tex(text) else text
    chunks = _CHUNK.findall(words)
    inflect = _inflect_chunk if _is_cacheable(words, chunks) else _inflect_chunk.__wrapped__
    return list(chain.from_iterable(map(inflect, chunks)))


def pair_inflected(token: str) -> str:
    """The index term of one token's text, a blank and the word itself; empty where both are one.

    >>> pair_inflected("Images"), pair_inflected("graph"), pair_inflected("the")
    ('imag images', '', '')
    """
    form, term = find_form(token), normalise(token)
    return f"{term} {form}" if form and form != term else ""


def iter_parts(text: str) -> Iterator[Token]:
    """The tokens of a text without those of compounds as a whole."""
    return _leave_out_wholes(iter_tokens(text))


def _leave_out_wholes(tokens: Iterable[Token]) -> Iterator[Token]:
    highest = -1
    for token in tokens:
        if token.position > highest:
            highest = token.position
            yield token


def fold_term(token: str) -> str:
    """The token in lower case without accents, apostrophes and possessive 's; not stemmed.

    >>> fold_term("Schrödinger's"), fold_term("α")
    ('schrodinger', 'alpha')
    """
    folded = token.lower()
    if not folded.isascii():
        folded = _fold_unicode(folded)
    if "'" in folded:
        folded = folded.removesuffix("'s").replace("'", "")
    return folded


def _fold_unicode(token: str) -> str:
    folded = unicodedata.normalize("NFKD", token.casefold().translate(_UNDECOMPOSED)).casefold()
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("’", "'")
    return folded if _GREEK_WORD.fullmatch(folded) else folded.translate(_GREEK_NAMES)


def _stem(word: str) -> str:
    # A stemmer must not be shared by threads that run at the same time.
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:
        stemmer = _stemmers.english = Stemmer.Stemmer("english", 0)
    return str(stemmer.stemWord(word))


def index_terms(text: str) -> list[str]:
    r"""The terms of `text` in order, repetitions kept: what the index counts.

    >>> index_terms(r"The non-invasive imaging of $\alpha$-particles")
    ['non', 'invas', 'noninvas', 'imag', 'alpha', 'particl', 'alphaparticl']
    """
    words = tex_to_words(text) if has_tex(text) else text
    chunks = _CHUNK.findall(words)
    if not _is_cacheable(words, chunks):
        return [term for chunk in chunks for term in _iter_terms(chunk)]
    return list(chain.from_iterable(map(_terms_of_chunk, chunks)))


def placed_index_terms(text: str) -> list[tuple[int, str]]:
    """Position and index term of every token that has one, positions never descending.

    The same as `iter_tokens` and `normalise`, several times as fast: chunks are looked up whole.

    >>> placed_index_terms("The GPT-4 models")
    [(1, 'gpt'), (1, 'gpt4'), (2, '4'), (3, 'model')]
    """
    words = tex_to_words(text) if has_tex(text) else text
    chunks = _CHUNK.findall(words)
    place = _place_chunk if _is_cacheable(words, chunks) else _place_chunk.__wrapped__
    placed: list[tuple[int, str]] = []
    position = 0
    for terms, width in map(place, chunks):
        for offset, term in terms:
            placed.append((position + offset, term))
        position += width
    return placed


def lay_out_terms(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first term at each position, empty where there is none, and all others.

    The same as `placed_index_terms`, for counting words and neighbours: the others are joined
    spellings of compounds whose first part is a term too.

    >>> lay_out_terms("The GPT-4 models")
    (('', 'gpt', '4', 'model'), ('gpt4',))
    """
    words = tex_to_words(text) if has_tex(text) else text
    chunks = _CHUNK.findall(words)
    lay_out = _lay_out_chunk if _is_cacheable(words, chunks) else _lay_out_chunk.__wrapped__
    laid_out = list(map(lay_out, chunks))
    return (
        tuple(chain.from_iterable(map(itemgetter(0), laid_out))),
        tuple(chain.from_iterable(map(itemgetter(1), laid_out))),
    )


@lru_cache(TERM_CACHE_SIZE)
def _lay_out_chunk(chunk: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    terms, width = place_chunk(chunk)
    firsts, others = [""] * width, []
    for position, term in terms:
        if firsts[position]:
            others.append(term)
        else:
            firsts[position] = term
    return tuple(firsts), tuple(others)


def place_chunk(chunk: str) -> tuple[tuple[tuple[int, str], ...], int]:
    """Positions and terms of a piece that `iter_chunks` gave, and how many positions it takes.

    >>> place_chunk("GPT-4")
    (((0, 'gpt'), (0, 'gpt4'), (1, '4')), 2)
    """
    if len(chunk) <= MAX_CACHED_CHARS and (chunk.isascii() or _is_cacheable(chunk, [chunk])):
        return _place_chunk(chunk)
    return _place_chunk.__wrapped__(chunk)


@lru_cache(TERM_CACHE_SIZE)
def _place_chunk(chunk: str) -> tuple[tuple[tuple[int, str], ...], int]:
    """Terms of a chunk with their positions within it, and how many positions it takes."""
    tokens = _tokens_of_chunk(chunk)
    terms = [(token.position, term) for token in tokens if (term := normalise(token.text))]
    terms.sort(key=itemgetter(0))
    return tuple(terms), max((token.position + 1 for token in tokens), default=0)


@lru_cache(TERM_CACHE_SIZE)
def _inflect_chunk(chunk: str) -> tuple[str, ...]:
    """What `list_inflected` gives of a chunk."""
    parts = _leave_out_wholes(_tokens_of_chunk(chunk))
    return tuple(pair for token in parts if (pair := pair_inflected(token.text)))


def _is_cacheable(words: str, chunks: list[str]) -> bool:
    if not words.isascii() and _CJK_CHARACTER.search(words) is not None:
        return False
    return max(map(len, chunks), default=0) <= MAX_CACHED_CHARS


def _iter_terms(chunk: str) -> Iterator[str]:
    for token in _tokens_of_chunk(chunk):
        if term := normalise(token.text):
            yield term


@lru_cache(TERM_CACHE_SIZE)
def _terms_of_chunk(chunk: str) -> tuple[str, ...]:
    return tuple(_iter_terms(chunk))
