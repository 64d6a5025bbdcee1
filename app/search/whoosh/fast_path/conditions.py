"""Conditions of a query tree -> the documents of a segment that meet them."""

from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.query import (
    And,
    DateField,
    DateWithin,
    Everything,
    Flagged,
    InCategories,
    Not,
    Or,
    PaperFlag,
    QueryNode,
)
from app.search.whoosh.schema import MAX_SECONDS, encode_moment

Mask = NDArray[np.bool_]

_LAST_SECOND = 59
"""Of a minute; ranges end with a whole minute."""


class Columns(Protocol):
    """What is known of the documents of a segment; each method gives bool[D]."""

    document_count: int

    def mark_categories(self, codes: frozenset[str]) -> Mask:
        """Documents that have at least one of the categories."""
        ...

    def mark_dates(self, date_field: DateField, seconds: tuple[int, int]) -> Mask:
        """Documents submitted or updated between two seconds since 1970, both included."""
        ...

    def mark_announced(self, first: date | None, last: date | None) -> Mask:
        """Documents last announced between two days, both included."""
        ...

    def mark_flag(self, flag: PaperFlag) -> Mask:
        """Documents of which a fact holds."""
        ...


def mark_condition(view: Columns, node: QueryNode) -> Mask:
    """Which documents meet a condition, deleted ones among them, bool[D].

    Raises:
        TypeError: the node holds more than conditions.
    """
    match node:
        case InCategories(expression):
            marked = view.mark_categories(expression.included)
            if expression.excluded:
                marked = marked & ~view.mark_categories(expression.excluded)
        case DateWithin():
            marked = _mark_dates(view, node)
        case Flagged(flag):
            marked = view.mark_flag(flag)
        case Everything():
            marked = np.ones(view.document_count, np.bool_)
        case Not(child):
            marked = ~mark_condition(view, child)
        case And() | Or():
            marked = _join(view, node)
        case _:
            raise TypeError(f"{type(node).__name__} is no condition")
    return marked


def _mark_dates(view: Columns, dates: DateWithin) -> Mask:
    first, last = dates.first, dates.last
    if dates.date_field is DateField.ANNOUNCED:
        return view.mark_announced(
            first.date() if first is not None else None, last.date() if last is not None else None
        )
    begin = 0 if first is None else encode_moment(first)
    end = MAX_SECONDS if last is None else encode_moment(last) + _LAST_SECOND
    return view.mark_dates(dates.date_field, (begin, end))


def _join(view: Columns, node: And | Or) -> Mask:
    is_and = isinstance(node, And)
    marked = np.full(view.document_count, is_and)
    for child in node.children:
        if is_and:
            marked &= mark_condition(view, child)
        else:
            marked |= mark_condition(view, child)
    return marked
