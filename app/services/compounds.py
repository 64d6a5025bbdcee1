"""Compounds in each of their spellings: noninvasive, non-invasive and non invasive are one.

The index holds a hyphenated compound in its parts and in one piece, and so does a query that has
it with its hyphen. What is left is a closed word that papers write apart, and words side by side
that papers write as one:

    noninvasive test   ->  (noninvasive OR "non invasive") test
    non invasive test  ->  (non invasive OR noninvasive) test

No list of prefixes says what a compound is, the papers do: both spellings are in use, neither so
rare beside the other that it is a slip of the pen (deeplearning) or an accident (net work). A
spelling that would add no paper is left out. Words of a title: or abs: field are treated alike;
phrases, exclusions and other fields stay as they were written, and so does prose, whose many words
find the papers anyway.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from app.domain.query import And, Filters, Not, Or, Phrase, QueryField, QueryNode, Term
from app.search.engine import SearchEngine
from app.services.relaxation import PROSE_WORDS
from app.text.tokenize import MAX_JOINED_PARTS, normalise

LEAST_SHARE = 0.01
"""Share of the papers with a compound that a spelling has at least."""

MIN_FIRST_CHARS, MIN_LAST_CHARS = 2, 3
"""Letters of the shortest parts of a closed word: co and re, but few words of two letters follow;
a number may be shorter (GPT4)."""

MAX_CLOSED_CHARS = 32
"""Letters of the longest word that is taken apart."""

MAX_CHECKS = 8
"""Compounds of one query that are looked up in the papers; the others stay as they were written."""

MIDDLE_WORDS = ("to", "by", "of", "and")
"""The middle of a closed compound of three parts, as in endtoend; a query has lost these words."""

_FIELDS = (None, QueryField.TITLE, QueryField.ABSTRACT)


@dataclass(frozen=True, slots=True)
class Spellings:
    """A query with the other spellings of its compounds.

    Attributes:
        tree: what is searched for, each compound as one unit.
        further: the spellings added to the bare words of `tree`, for a query that wants any of
            its words instead of all.
    """

    tree: QueryNode
    further: tuple[QueryNode, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What words of the query may be.

    Attributes:
        words: one closed word, or two or three side by side.
        closed: the compound in one piece.
        apart: its parts side by side.
    """

    words: tuple[Term, ...]
    closed: Term
    apart: Phrase

    @property
    def other(self) -> QueryNode:
        """The spelling that the query has not."""
        return self.apart if len(self.words) == 1 else self.closed

    def list_terms(self) -> list[str]:
        """The index terms of the closed spelling and of the parts that have one."""
        return [
            term for term in map(normalise, (self.closed.text, *self.apart.text.split())) if term
        ]


def find_spellings(engine: SearchEngine, tree: QueryNode) -> Spellings:
    """The tree with other spellings of compounds that papers use; itself when there are none.

    Raises:
        SearchIndexError: there is no usable index.
    """
    runs = list(_list_runs(tree))
    if sum(map(len, runs)) > PROSE_WORDS:
        return Spellings(tree)
    candidates = {each: each.list_terms() for run in runs for each in _list_candidates(run)}
    terms = list(dict.fromkeys(term for each in candidates.values() for term in each))
    if not terms:
        return Spellings(tree)
    counts = dict(zip(terms, engine.get_document_frequencies(terms), strict=True))
    found: dict[tuple[Term, ...], QueryNode] = {}
    for each, closed in _choose(candidates, counts):
        if _is_used(engine, each, closed):
            found[each.words] = each.other
    if not found:
        return Spellings(tree)
    bare = tree.children if isinstance(tree, And) else (tree,)
    further = [
        other
        for words, other in found.items()
        if words[0].field is None and all(word in bare for word in words)
    ]
    return Spellings(_rewrite(tree, found), tuple(further))


def _list_runs(tree: QueryNode) -> Iterator[list[Term]]:
    """Words that stand side by side in the query and in one field."""
    match tree:
        case And(children):
            run: list[Term] = []
            for child in children:
                if _is_word(child) and (not run or child.field == run[-1].field):
                    run.append(child)
                    continue
                yield run
                run = [child] if _is_word(child) else []
                if not run:
                    yield from _list_runs(child)
            yield run
        case Or(children):
            for child in children:
                yield from _list_runs(child)
        case Term() if _is_word(tree):
            yield [tree]


def _is_word(node: QueryNode) -> TypeGuard[Term]:
    """Whether a node is a plain word: letters and digits, in title or abstract."""
    if not isinstance(node, Term) or node.field not in _FIELDS:
        return False
    return node.text.isascii() and node.text.isalnum()


def _list_candidates(run: Sequence[Term]) -> Iterator[_Candidate]:
    """All that the words of a run may be, compounds of three parts first."""
    for size in range(MAX_JOINED_PARTS, 1, -1):
        for start in range(len(run) - size + 1):
            words = tuple(run[start : start + size])
            yield from (_make_candidate(words, parts) for parts in _list_parts(words))
    for word in run:
        yield from (_make_candidate((word,), parts) for parts in _split(word.text))


def _make_candidate(words: tuple[Term, ...], parts: Sequence[str]) -> _Candidate:
    field = words[0].field
    closed = words[0] if len(words) == 1 else Term("".join(parts), field)
    return _Candidate(words, closed, Phrase(" ".join(parts), field))


def _list_parts(words: Sequence[Term]) -> Iterator[tuple[str, ...]]:
    """The parts that words side by side may be of a compound."""
    parts = tuple(word.text for word in words)
    if "".join(parts).isdigit():
        return  # two numbers side by side are no number
    yield parts
    if len(parts) == MAX_JOINED_PARTS - 1:
        yield from ((parts[0], middle, parts[1]) for middle in MIDDLE_WORDS)


def _split(word: str) -> Iterator[tuple[str, ...]]:
    """The parts that a closed word may have."""
    if len(word) > MAX_CLOSED_CHARS:
        return
    for place in range(1, len(word)):
        head, tail = word[:place], word[place:]
        if head.isalpha() and tail.isdigit():
            yield head, tail
        if place < MIN_FIRST_CHARS or not word.isalpha():
            continue
        if len(tail) >= MIN_LAST_CHARS:
            yield head, tail
        for middle in MIDDLE_WORDS:
            rest = tail.removeprefix(middle)
            if rest != tail and len(rest) >= MIN_LAST_CHARS:
                yield head, middle, rest


def _choose(
    candidates: Mapping[_Candidate, Sequence[str]], counts: Mapping[str, int]
) -> list[tuple[_Candidate, int]]:
    """The best candidate for each word or words, and how many papers hold its closed spelling."""
    likely: dict[tuple[Term, ...], tuple[int, _Candidate, int]] = {}
    for each, terms in candidates.items():
        if len(terms) < 3:
            continue  # a part that the index does not keep
        closed, rarest = counts[terms[0]], min(counts[term] for term in terms[1:])
        is_closed = len(each.words) == 1
        if rarest < LEAST_SHARE * closed if is_closed else not closed:
            continue
        weight = rarest if is_closed else closed
        if weight > likely.get(each.words, (0,))[0]:
            likely[each.words] = weight, each, closed
    return [(each, closed) for _weight, each, closed in likely.values()][:MAX_CHECKS]


def _is_used(engine: SearchEngine, candidate: _Candidate, closed: int) -> bool:
    """Whether papers use both spellings, and the one that the query has not adds papers.

    Args:
        closed: papers with the closed spelling, those with hyphens among them.
    """
    least = max(1.0, LEAST_SHARE * closed)
    if len(candidate.words) == 1:
        return engine.count(candidate.apart, Filters()) >= least
    # Papers with hyphens hold the parts as well as the whole.
    only_closed = And((candidate.closed, Not(And(candidate.words))))
    if engine.count(only_closed, Filters()) < least:
        return False
    apart = engine.count(candidate.apart, Filters())
    return apart == 0 or apart >= least


def _rewrite(tree: QueryNode, found: dict[tuple[Term, ...], QueryNode]) -> QueryNode:
    """The tree with every compound that was found as one unit of its spellings."""
    match tree:
        case And(children):
            rewritten = tuple(_rewrite_side_by_side(children, found))
            return rewritten[0] if len(rewritten) == 1 else And(rewritten)
        case Or(children):
            return Or(tuple(_rewrite(child, found) for child in children))
        case Term() if (other := found.get((tree,))) is not None:
            return Or((tree, other))
    return tree


def _rewrite_side_by_side(
    children: Sequence[QueryNode], found: dict[tuple[Term, ...], QueryNode]
) -> Iterator[QueryNode]:
    start = 0
    while start < len(children):
        for size in range(MAX_JOINED_PARTS, 1, -1):
            words = tuple(children[start : start + size])
            other = found.get(words)  # type: ignore[arg-type]  # other nodes are never found
            if len(words) == size and other is not None:
                yield Or((And(words), other))
                start += size
                break
        else:
            yield _rewrite(children[start], found)
            start += 1
