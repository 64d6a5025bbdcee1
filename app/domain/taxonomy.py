"""arXiv's categories by code, name, archive, group and OAI set.

`app.domain.taxonomy_table` holds the facts; other packages import from `app.domain.categories`.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.errors import InvalidCategoryError
from app.domain.taxonomy_table import (
    ALIASES,
    ARCHIVES,
    CATEGORY_NAMES,
    GROUP_NAMES,
    RETIRED_SUBJECT_CLASSES,
    Archive,
)

GROUP_PREFIX = "grp_"
"""arXiv's own way to write a group where an archive may have the same code (`grp_physics`)."""

MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Category:
    """One category a paper can be listed under.

    Attributes:
        code: as arXiv writes it: "cs.AI", "hep-th"; also the bare archives ("cs", "cond-mat")
            that old papers carry.
        is_active: whether new papers are listed under it.
    """

    code: str
    name: str
    archive: str
    group: str
    is_active: bool

    @property
    def canonical_code(self) -> str:
        """The code of which this one is an alias, else its own."""
        return ALIASES.get(self.code, self.code)

    @property
    def oai_set(self) -> str:
        """The setSpec that harvests it: "cs:cs:AI", "physics:hep-th", "physics:cond-mat:soft"."""
        subject = self.code[len(self.archive) + 1 :]
        return ":".join(part for part in (self.group, self.archive, subject) if part)


def _make_categories() -> Iterator[Category]:
    for archive in ARCHIVES:
        subjects = CATEGORY_NAMES.get(archive.code, {})
        # An archive with subject classes takes no papers without one any more.
        is_open = not archive.is_retired and not subjects
        yield Category(archive.code, archive.name, archive.code, archive.group, is_open)
        for subject, name in subjects.items():
            code = f"{archive.code}.{subject}"
            is_active = code not in RETIRED_SUBJECT_CLASSES
            yield Category(code, name, archive.code, archive.group, is_active)


_CATEGORIES = {category.code: category for category in _make_categories()}
_BY_LOWER_CODE = {code.lower(): category for code, category in _CATEGORIES.items()}
_ARCHIVES = {archive.code: archive for archive in ARCHIVES}
_ALIAS_PAIRS = ALIASES | {canonical: alias for alias, canonical in ALIASES.items()}
_BY_NAME: dict[str, list[Category]] = {}
for _category in _CATEGORIES.values():
    if _category.is_active and _category.code not in ALIASES:
        _BY_NAME.setdefault(_category.name.casefold(), []).append(_category)


def list_categories(*, include_retired: bool = False) -> list[Category]:
    """All categories in taxonomy order, arXiv's test group left out."""
    return [
        category
        for category in _CATEGORIES.values()
        if category.group != "test" and (category.is_active or include_retired)
    ]


def list_archives(*, include_retired: bool = False) -> list[Archive]:
    """All archives in alphabetical order, arXiv's test archive left out."""
    return [
        archive
        for archive in ARCHIVES
        if archive.group != "test" and (include_retired or not archive.is_retired)
    ]


def list_groups() -> list[tuple[str, str]]:
    """Code and name of the eight groups, in the order of arXiv's front page."""
    return [(code, name) for code, name in GROUP_NAMES.items() if code != "test"]


def get_category(code: str) -> Category:
    """The category of this code, in any letter case.

    Raises:
        InvalidCategoryError: there is none; the message names the closest.

    >>> get_category("CS.ai").name
    'Artificial Intelligence'
    """
    category = _BY_LOWER_CODE.get(code.strip().lower())
    if category is None:
        raise unknown_category(code)
    return category


def find_category(text: str) -> Category | None:
    """The category meant by a code, a name ("Robotics") or both ("Robotics (cs.RO)"), or None.

    A name that several categories share is resolved only where they are aliases; retired
    categories are found by code alone.

    >>> find_category("numerical analysis").code
    'math.NA'
    """
    text = text.strip()
    by_code = _BY_LOWER_CODE.get(text.lower())
    if by_code is not None:
        return by_code
    name, parenthesis, code = text.removesuffix(")").rpartition("(")
    if parenthesis and name:
        return _BY_LOWER_CODE.get(code.strip().lower())
    named = _BY_NAME.get(text.casefold(), [])
    return named[0] if len(named) == 1 else None


def find_archive_code(category: str) -> str:
    """The archive of a category; of one that arXiv does not have, what stands before the dot.

    >>> find_archive_code("cs.AI"), find_archive_code("hep-th")
    ('cs', 'hep-th')
    """
    known = _BY_LOWER_CODE.get(category.lower())
    return category.partition(".")[0] if known is None else known.archive


def get_archive(code: str) -> Archive:
    """The archive of this code, in any letter case.

    Raises:
        InvalidCategoryError: there is none.
    """
    archive = _ARCHIVES.get(code.strip().lower())
    if archive is None:
        raise unknown_category(code)
    return archive


def list_codes_of_archive(archive: str) -> list[str]:
    """Codes of an archive's categories, the bare archive first.

    Raises:
        InvalidCategoryError: there is no such archive.
    """
    code = get_archive(archive).code
    return [category.code for category in _CATEGORIES.values() if category.archive == code]


def list_codes_of_group(group: str) -> list[str]:
    """Codes of the categories of all archives in a group ("physics": also hep-th, astro-ph …).

    Raises:
        InvalidCategoryError: there is no such group.
    """
    code = group.strip().lower().removeprefix(GROUP_PREFIX)
    if code not in GROUP_NAMES:
        raise unknown_category(group)
    return [category.code for category in _CATEGORIES.values() if category.group == code]


def canonical_category(code: str) -> str:
    """The one code for a category and its alias; other codes, known or not, as they are.

    >>> canonical_category("cs.NA"), canonical_category("cs.LG")
    ('math.NA', 'cs.LG')
    """
    return ALIASES.get(code, code)


def find_alias(code: str) -> str | None:
    """The other name of a category, in whichever direction; None for most."""
    return _ALIAS_PAIRS.get(code)


def oai_set_of(code: str) -> str:
    """The OAI-PMH setSpec of a category, an archive with subject classes, or `grp_` + group.

    Raises:
        InvalidCategoryError: the code is none of these.

    >>> oai_set_of("cond-mat.soft"), oai_set_of("cs"), oai_set_of("grp_physics")
    ('physics:cond-mat:soft', 'cs:cs', 'physics')
    """
    lower = code.strip().lower()
    if lower.startswith(GROUP_PREFIX) and lower.removeprefix(GROUP_PREFIX) in GROUP_NAMES:
        return lower.removeprefix(GROUP_PREFIX)
    return get_category(code).oai_set


def category_of_oai_set(set_spec: str) -> str:
    """The code a setSpec stands for: the inverse of `oai_set_of`.

    Raises:
        InvalidCategoryError: arXiv has no such set.

    >>> category_of_oai_set("physics:hep-th"), category_of_oai_set("physics")
    ('hep-th', 'grp_physics')
    """
    group, _, rest = set_spec.strip().partition(":")
    if group in GROUP_NAMES and not rest:
        return GROUP_PREFIX + group
    archive, _, subject = rest.partition(":")
    category = _CATEGORIES.get(f"{archive}.{subject}" if subject else archive)
    if category is None or category.oai_set != set_spec.strip():
        raise InvalidCategoryError(
            f'arXiv has no OAI set "{set_spec[:60]}". Sets look like cs, cs:cs:LG or '
            "physics:hep-th."
        )
    return category.code


def unknown_category(text: str) -> InvalidCategoryError:
    """The error for a code that is not arXiv's, with the closest that are."""
    shown = text.strip()[:40]
    close = difflib.get_close_matches(shown.lower(), _BY_LOWER_CODE, MAX_SUGGESTIONS, cutoff=0.5)
    if close:
        names = ", ".join(_BY_LOWER_CODE[code].code for code in close)
        advice = f"Did you mean {names}?"
    else:
        advice = "Codes look like cs.LG, hep-th or math; see https://arxiv.org/category_taxonomy."
    return InvalidCategoryError(f'There is no arXiv category "{shown}". {advice}')
