"""Lists in addresses: category expressions, with `all` for the whole of arXiv."""

from urllib.parse import quote

from app.domain.categories import CategoryExpression, parse_category_expression

WHOLE_ARXIV = "all"
"""Stands for all of arXiv where an address needs some word."""


def parse_list_name(text: str) -> CategoryExpression | None:
    """The expression of a list; None for all of arXiv.

    Raises:
        InvalidCategoryError: the text is neither `all` nor an expression.
    """
    if text.strip().lower() == WHOLE_ARXIV:
        return None
    return parse_category_expression(text)


def write_list_name(expression: CategoryExpression | None) -> str:
    """The expression as people read it in addresses."""
    return WHOLE_ARXIV if expression is None else str(expression)


def make_list_address(expression: CategoryExpression | None) -> str:
    """The page of an expression's newest list."""
    return f"/list/{quote(write_list_name(expression), safe='+')}"
