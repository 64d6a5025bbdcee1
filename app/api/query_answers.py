"""What helps with a query, from the use cases' values to the wire's shapes."""

from app.api.query_schemas import (
    ContributionOut,
    DoctorOut,
    ExplanationOut,
    HighlightsOut,
    PartCountOut,
    RelaxationOut,
    SpellingOut,
)
from app.domain.results import Explanation, Respelling
from app.services.doctor import Diagnosis
from app.services.explain import list_shares
from app.services.search_help import Highlights


def make_spelling_out(respelling: Respelling) -> SpellingOut:
    """A corrected query as REST gives it."""
    return SpellingOut(
        status="applied" if respelling.is_applied else "proposed",
        original=respelling.original,
        corrected=respelling.corrected,
        original_total=respelling.original_total,
        corrected_total=respelling.corrected_total,
    )


def make_doctor_out(diagnosis: Diagnosis) -> DoctorOut:
    """A diagnosis as REST gives it."""
    return DoctorOut(
        total=diagnosis.total,
        unknown=list(diagnosis.unknown),
        parts=[
            PartCountOut(
                text=each.text,
                alone=each.alone,
                without=each.without,
                is_excluded=each.is_excluded,
            )
            for each in diagnosis.parts
        ],
        relaxations=[
            RelaxationOut(
                kind=each.kind.value,
                text=each.text,
                query=each.query,
                keeps_categories=each.keeps_categories,
                keeps_dates=each.keeps_dates,
                total=each.total,
            )
            for each in diagnosis.relaxations
        ],
        is_cut=diagnosis.is_cut,
    )


def make_highlights_out(highlights: Highlights) -> HighlightsOut:
    """Marked texts as REST gives them."""
    return HighlightsOut(title=highlights.title, abstract=highlights.snippet.html)


def make_explanation_out(explanation: Explanation) -> ExplanationOut:
    """An explanation as REST gives it."""
    return ExplanationOut(
        score=explanation.score, contributions=make_contribution_outs(explanation)
    )


def make_contribution_outs(explanation: Explanation) -> list[ContributionOut]:
    """The parts of a score as REST gives them."""
    return [
        ContributionOut(field=each.field, term=each.term, weight=each.weight, share=each.share)
        for each in list_shares(explanation)
    ]
