"""Kinds of announcement as people write them: `new,cross`."""

from collections.abc import Iterable

from app.domain.announcements import AnnounceType
from app.domain.errors import InvalidInputError
from app.text.comma_lists import split_names

KINDS = {
    "new": frozenset({AnnounceType.NEW}),
    "cross": frozenset({AnnounceType.CROSS}),
    "replace": frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}),
}
"""What people call the groups of arXiv's lists."""


def parse_kinds(text: str) -> frozenset[AnnounceType]:
    """The kinds that `new,cross` names; none for an empty text, which asks for all.

    Raises:
        InvalidInputError: a name is none of `KINDS`.
    """
    names = split_names(text)
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise InvalidInputError(
            f"“{unknown[0][:40]}” is no kind of announcement. Name some of {', '.join(KINDS)}."
        )
    return frozenset().union(*(KINDS[name] for name in names))


def write_kinds(kinds: Iterable[AnnounceType]) -> str:
    """The kinds as `parse_kinds` reads them."""
    wanted = frozenset(kinds)
    return ",".join(name for name, members in KINDS.items() if members & wanted)
