"""What a query wants to see marked in a title and in an abstract."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Near,
    Or,
    Phrase,
    Preferred,
    Prefix,
    QueryField,
    QueryNode,
    Term,
    WeightedTerms,
)
from app.text.tokenize import fold_term, iter_tokens, normalise


@dataclass(frozen=True, slots=True)
class WantedPhrase:
    """Index terms that follow each other.

    Attributes:
        terms: at least two, in order.
        gaps: by how many positions each is behind the one before.
        slop: how many positions more it may be.
    """

    terms: tuple[str, ...]
    gaps: tuple[int, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class WantedTerms:
    """What is to be marked in one text.

    Attributes:
        terms: index terms, wherever they stand.
        prefixes: folded beginnings of words.
        phrases: terms that are marked only where they follow each other.
    """

    terms: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    phrases: tuple[WantedPhrase, ...] = ()

    @property
    def all_terms(self) -> frozenset[str]:
        """The terms alone and those of the phrases."""
        return self.terms.union(*(phrase.terms for phrase in self.phrases))

    def __bool__(self) -> bool:
        return bool(self.terms or self.prefixes or self.phrases)


def collect_wanted_terms(tree: QueryNode, field: QueryField) -> WantedTerms:
    """What a query looks for in the title or in the abstract; what it excludes is left out.

    Args:
        field: `QueryField.TITLE` or `QueryField.ABSTRACT`.

    >>> wanted = collect_wanted_terms(Phrase("deep learning"), QueryField.TITLE)
    >>> wanted.phrases
    (WantedPhrase(terms=('deep', 'learn'), gaps=(1,), slop=0),)
    """
    terms: set[str] = set()
    prefixes: dict[str, None] = {}
    phrases: dict[WantedPhrase, None] = {}
    for leaf in _iter_leaves(tree, field):
        match leaf:
            case Prefix(text):
                prefixes[fold_term(text)] = None
                continue
            case Near(left, right, distance):
                phrases |= dict.fromkeys(_either_order(left, right, distance))
                continue
            case WeightedTerms(weighted):
                terms |= {term for term, _weight in weighted}
                continue
        parts, joined = _split(leaf.text)
        terms |= joined
        if len(parts) == 1:
            terms.add(parts[0][1])
        elif parts:
            places = [position for position, _term in parts]
            gaps = tuple(after - before for before, after in pairwise(places))
            slop = leaf.slop if isinstance(leaf, Phrase) else 0
            phrases[WantedPhrase(tuple(term for _, term in parts), gaps, slop)] = None
    prefixes.pop("", None)
    return WantedTerms(frozenset(terms), tuple(prefixes), tuple(phrases))


_MarkedLeaf = Term | Phrase | Near | Prefix | WeightedTerms


def _iter_leaves(tree: QueryNode, field: QueryField) -> Iterator[_MarkedLeaf]:
    match tree:
        case Term() | Phrase() | Near() | Prefix():
            if tree.field in {None, QueryField.ALL, field}:
                yield tree
        case WeightedTerms():
            yield tree
        case And(children) | Or(children) | AtLeast(children):
            for child in children:
                yield from _iter_leaves(child, field)
        case Preferred(required, optional):
            yield from _iter_leaves(required, field)
            yield from _iter_leaves(optional, field)
        case Boosted(child):
            yield from _iter_leaves(child, field)


def _either_order(left: str, right: str, distance: int) -> Iterator[WantedPhrase]:
    """Two words with at most so many others between them."""
    for first, second in ((left, right), (right, left)):
        terms = [normalise(token.text) for text in (first, second) for token in iter_tokens(text)]
        if len(terms) == 2 and all(terms):
            yield WantedPhrase((terms[0], terms[1]), (1,), distance)


def _split(text: str) -> tuple[list[tuple[int, str]], set[str]]:
    """Positions and terms of the words; and the term of a compound in one piece."""
    parts: list[tuple[int, str]] = []
    joined: set[str] = set()
    highest = -1
    tokens = list(iter_tokens(text))
    for token in tokens:
        term = normalise(token.text)
        if token.position <= highest:
            joined.add(term)
        else:
            highest = token.position
            parts += [(token.position, term)] if term else []
    # Two parts and nothing else: the whole text is one compound, found in one piece as well.
    is_one_compound = len(tokens) == 3 and len(joined) == 1
    return parts, joined - {""} if is_one_compound else set()
