"""The shapes of REST answers that help with a query: suggestions, spelling, reasons."""

from typing import Literal

from pydantic import Field

from app.api.out import Out


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


class SpellingOut(Out):
    """A query with its misspelt words corrected."""

    status: Literal["applied", "proposed"] = Field(
        description="`applied`: the results are those of `corrected`; ask with spell=0 for those "
        "of `original`. `proposed`: the results are those of the query as it is."
    )
    original: str
    corrected: str
    original_total: int = Field(description="Papers that match the original, exactly.")
    corrected_total: int = Field(description="Papers that match the corrected query, exactly.")


class ExpansionOut(Out):
    """An acronym of the query that is searched with its long form, or the reverse."""

    written: str = Field(description="Words of the query; put into `as_written` they stay alone.")
    expanded: str = Field(description="What is searched besides.")
    papers: int = Field(description="Abstracts held here that explain one by the other.")


class PartCountOut(Out):
    """One part of a query, counted."""

    text: str
    alone: int = Field(description="Papers that match this part alone, whatever the filters.")
    without: int | None = Field(
        description="Papers that match all other parts; null where it is the only one."
    )
    is_excluded: bool


class RelaxationOut(Out):
    """One change of the search that finds more."""

    kind: str
    text: str = Field(description="What is dropped or changed.")
    query: str = Field(description="The `q` to ask instead.")
    keeps_categories: bool
    keeps_dates: bool
    total: int = Field(description="Papers it finds, exactly.")


class DoctorOut(Out):
    """Why a search found few or no papers, and what finds more."""

    total: int = Field(description="Papers that match exactly what was asked.")
    unknown: list[str] = Field(description="Wanted parts that no paper matches at all.")
    parts: list[PartCountOut]
    relaxations: list[RelaxationOut] = Field(
        description="Authors named so first, then most results first."
    )
    is_cut: bool = Field(description="Whether only the first parts of the query were examined.")


class HighlightsOut(Out):
    """The words of the query marked; HTML, everything else in it is escaped."""

    title: str = Field(description="The whole title as HTML with `<mark>`.")
    abstract: str = Field(
        description="The telling part of the abstract as HTML with `<mark>`, … for what is left "
        "out; formulas are never cut."
    )


class ContributionOut(Out):
    """What one term adds to a score in one field."""

    field: str
    term: str = Field(description="As the index holds it: folded and stemmed.")
    weight: float
    share: float = Field(description="Of the sum of all weights without their signs.")


class ExplanationOut(Out):
    """Why a paper has its score; the weights add up to it."""

    score: float
    contributions: list[ContributionOut] = Field(description="The largest first.")


class ExplainOut(ExplanationOut):
    """Why one paper has its score for one query."""

    arxiv_id: str
    query: str = Field(description="The query as it was understood.")
    relaxed: bool = Field(description="As in the answer of the search.")
    matches: bool = Field(description="Whether the paper answers the query.")
