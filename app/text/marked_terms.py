"""What a query wants to see marked in a title and in an abstract."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.domain.query import And, Or, Phrase, QueryField, QueryNode, Term
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
        if isinstance(leaf, Term) and leaf.text.endswith("*"):
            prefixes[fold_term(leaf.text.rstrip("*"))] = None
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


def _iter_leaves(tree: QueryNode, field: QueryField) -> Iterator[Term | Phrase]:
    match tree:
        case Term() | Phrase():
            if tree.field in {None, field}:
                yield tree
        case And(children) | Or(children):
            for child in children:
                yield from _iter_leaves(child, field)


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
