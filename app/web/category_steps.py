"""The + and − beside a paper's categories: the page at hand with one more, or without it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from app.domain.categories import CategoryExpression
from app.web.search_addresses import SearchAddresses


@dataclass(frozen=True, slots=True)
class CategorySteps:
    """Where the signs beside a category lead on one page.

    Attributes:
        expression: what the page shows now.
        make_address: from an expression to the page of it.
    """

    expression: CategoryExpression
    make_address: Callable[[CategoryExpression], str]
    _written: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def write_once(self, code: str, write: Callable[[str, str, str], str]) -> str:
        """What `write` makes of a category, the page with it and the page without it.

        Lists have few categories, again and again.
        """
        if code not in self._written:
            self._written[code] = write(code, self.add(code), self.exclude(code))
        return self._written[code]

    def add(self, code: str) -> str:
        """The page with this category too; empty where it is named already."""
        expression = self.expression
        if code in expression.include:
            return ""
        include = (*expression.include, code)
        exclude = tuple(term for term in expression.exclude if term != code)
        return self.make_address(_sort(include, exclude))

    def exclude(self, code: str) -> str:
        """The page without this category; empty where nothing would be left, or it is out now."""
        expression = self.expression
        if code in expression.exclude:
            return ""
        include = tuple(term for term in expression.include if term != code)
        if expression.include and not include:
            return ""
        # Taking away what was named leaves an expression that does not need to exclude it, unless
        # papers of the other categories are listed there as well.
        return self.make_address(_sort(include, (*expression.exclude, code)))


def make_list_steps(expression: CategoryExpression, day: str = "") -> CategorySteps:
    """Steps between day lists; `day` empty for the newest list."""
    rest = f"/{day}" if day else ""
    return CategorySteps(expression, lambda wanted: f"/list/{quote(str(wanted), safe='+')}{rest}")


def make_search_steps(
    addresses: SearchAddresses, expression: CategoryExpression | None
) -> CategorySteps:
    """Steps between searches, from a search and its categories as they were understood."""
    return CategorySteps(
        expression or CategoryExpression(()),
        lambda wanted: addresses.in_categories(str(wanted)),
    )


def _sort(include: tuple[str, ...], exclude: tuple[str, ...]) -> CategoryExpression:
    return CategoryExpression(tuple(sorted(include)), tuple(sorted(exclude)))
