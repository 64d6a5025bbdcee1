"""arXiv's categories, and unions and differences of them: `cs.AI+cs.LG-cs.CY`.

    expression := ["+" | "-"] term (("+" | "," | " " | "-") term)*
    term       := category | archive | archive ".*" | beginning "*" | "grp_" group

`+`, `,` and blanks unite, `-` takes away; everything taken away is taken from the whole union,
wherever it stands. An expression that only takes away takes from all of arXiv. Terms are read in
any letter case.

* An archive (`cs`, `cs.*`, `cond-mat`) stands for all its categories. `physics` is the archive
  physics; the group with astro-ph, hep-th and the others is `grp_physics`.
* The beginning of archives' names with a star stands for all of them: `hep-*` for hep-ex, hep-lat,
  hep-ph and hep-th, `math*` for math and math-ph.
* `-` also occurs inside codes. Since every term must be a known code, `q-bio.NC-cs.LG` and
  `hep-th-hep-ph` have one reading only.
* A paper listed under one of two aliases (cs.NA and math.NA) belongs to both: each term brings
  the other names of its categories along.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.domain.errors import InvalidCategoryError
from app.domain.taxonomy import (
    GROUP_PREFIX,
    Category,
    canonical_category,
    category_of_oai_set,
    find_alias,
    find_category,
    get_archive,
    get_category,
    list_archives,
    list_categories,
    list_codes_of_archive,
    list_codes_of_group,
    list_groups,
    oai_set_of,
    unknown_category,
)
from app.domain.taxonomy_table import Archive

__all__ = [
    "Archive",
    "Category",
    "CategoryExpression",
    "canonical_category",
    "category_of_oai_set",
    "find_alias",
    "find_category",
    "get_archive",
    "get_category",
    "list_archives",
    "list_categories",
    "list_codes_of_archive",
    "list_codes_of_group",
    "list_groups",
    "oai_set_of",
    "parse_category_expression",
]

MAX_EXPRESSION_CHARS = 2_000
"""Longest expression read; all 194 codes in a row still fit."""

MIN_BEGINNING_CHARS = 2
"""Letters of the shortest beginning of an archive's name before a star."""


def _with_aliases(codes: Iterable[str]) -> frozenset[str]:
    known = frozenset(codes)
    return known | {alias for code in known if (alias := find_alias(code)) is not None}


def _make_terms() -> dict[str, tuple[str, frozenset[str]]]:
    """Every term in lower case -> its canonical text and the category codes it stands for."""
    terms: dict[str, tuple[str, frozenset[str]]] = {}
    for category in list_categories(include_retired=True):
        terms[category.code.lower()] = category.code, _with_aliases([category.code])
    for archive in list_archives(include_retired=True):
        codes = _with_aliases(list_codes_of_archive(archive.code))
        terms[archive.code] = terms[f"{archive.code}.*"] = archive.code, codes
    for beginning, archives in _list_beginnings().items():
        text = archives[0] if len(archives) == 1 else f"{beginning}*"
        codes = frozenset().union(*(terms[archive][1] for archive in archives))
        terms[f"{beginning}*"] = text, codes
    for code, _ in list_groups():
        text = GROUP_PREFIX + code
        terms[text] = text, _with_aliases(list_codes_of_group(code))
    return terms


def _list_beginnings() -> dict[str, list[str]]:
    """Every beginning of archives' names, with the archives that begin so."""
    found: dict[str, list[str]] = {}
    for archive in list_archives(include_retired=True):
        for end in range(MIN_BEGINNING_CHARS, len(archive.code) + 1):
            found.setdefault(archive.code[:end], []).append(archive.code)
    return found


_TERMS = _make_terms()
_ALL_CODES = frozenset(category.code for category in list_categories(include_retired=True))
_SEPARATORS = "+, \t\r\n\f\v\u00a0"
_TERM = re.compile(
    # The longest code that ends where a term can end: "math-physics" is math without physics.
    "(?:" + "|".join(re.escape(term) for term in sorted(_TERMS, key=len, reverse=True)) + ")"
    rf"(?=[-{_SEPARATORS}]|$)",
    re.IGNORECASE,
)
_UNKNOWN_TERM = re.compile(rf"[^{_SEPARATORS}]+")


@dataclass(frozen=True, slots=True)
class CategoryExpression:
    """A set of categories, as somebody composed it.

    `str()` gives the canonical text, terms in alphabetical order; parsing it gives an equal value.

    Attributes:
        include: terms united; empty stands for all of arXiv.
        exclude: terms taken away.
        included: category codes of `include`, aliases with them.
        excluded: category codes of `exclude`, aliases with them.
    """

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    included: frozenset[str] = field(init=False, compare=False, repr=False)
    excluded: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        included = [_TERMS[term.lower()][1] for term in self.include] or [_ALL_CODES]
        excluded = [_TERMS[term.lower()][1] for term in self.exclude]
        object.__setattr__(self, "included", frozenset().union(*included))
        object.__setattr__(self, "excluded", frozenset().union(*excluded))

    def __str__(self) -> str:
        return "+".join(self.include) + "".join(f"-{term}" for term in self.exclude)

    def matches(self, categories: Iterable[str]) -> bool:
        """Whether a paper listed under these codes is in: in one of ours, in none taken away.

        >>> parse_category_expression("cs-cs.CY").matches(["math.NA", "cs.LG"])
        True
        """
        codes = frozenset(categories)
        return not codes.isdisjoint(self.included) and codes.isdisjoint(self.excluded)


def parse_category_expression(text: str) -> CategoryExpression:
    """The categories that `text` composes; the module's head has the grammar.

    Raises:
        InvalidCategoryError: `text` is empty or too long, or a term is not arXiv's; the message
            names the closest that are.

    >>> str(parse_category_expression("cs.lg, CS.AI - cs.cy"))
    'cs.AI+cs.LG-cs.CY'
    """
    if len(text) > MAX_EXPRESSION_CHARS:
        raise InvalidCategoryError(
            f"The category expression has {len(text):,} characters; at most "
            f"{MAX_EXPRESSION_CHARS:,} are read. Use archives such as cs for many categories."
        )
    include: set[str] = set()
    exclude: set[str] = set()
    position, target = 0, include
    while position < len(text):
        character = text[position]
        if character in _SEPARATORS:
            target = include if not character.isspace() else target
            position += 1
        elif character == "-":
            target = exclude
            position += 1
        else:
            match = _TERM.match(text, position)
            if match is None:
                raise unknown_category(_unknown_term(text, position))
            target.add(_TERMS[match[0].lower()][0])
            position, target = match.end(), include
    if not include and not exclude:
        raise InvalidCategoryError("No category is named. Write one such as cs.LG or cs.AI+cs.LG.")
    return CategoryExpression(_in_order(include), _in_order(exclude))


def parse_category_filter(text: str) -> CategoryExpression | None:
    """The expression; None for an empty text, which asks for all of arXiv.

    Raises:
        InvalidCategoryError: as for `parse_category_expression`.
    """
    return parse_category_expression(text) if text.strip() else None


def _in_order(terms: set[str]) -> tuple[str, ...]:
    return tuple(sorted(terms, key=lambda term: (term.lower(), term)))


def _unknown_term(text: str, position: int) -> str:
    match = _UNKNOWN_TERM.match(text, position)
    return match[0] if match is not None else text[position:]
