"""The shapes of REST answers that help with a query: suggestions, spelling, reasons."""

from typing import Literal

from pydantic import Field

from app.api.schemas import Out


class SuggestionOut(Out):
    """One suggestion."""

    text: str = Field(description="For people: a phrase, a title, a name, a category's code.")
    query: str = Field(description="What to put into `q` of a search.")
    count: int | None = Field(description="Papers that the query finds; null for a title.")
    description: str | None = Field(description="The name of a category.")
    url: str = Field(description="Page of the search, or of the paper; relative to this service.")


class SuggestionGroupOut(Out):
    """Suggestions of one kind, the best first."""

    type: Literal["phrase", "title", "author", "category"]
    suggestions: list[SuggestionOut]


class SuggestOut(Out):
    """Suggestions by kind; kinds without any are left out."""

    query: str = Field(description="The text as it was given.")
    index_version: int = Field(description="Generation of the index that counted.")
    groups: list[SuggestionGroupOut]
