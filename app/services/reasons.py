"""Reasons as people read them: the parts of a score, and the lines of a profile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.arxiv_id import ArxivId
from app.domain.related import Reason, ReasonKind, RelatedPaper
from app.services.candidate_scores import ScoreParts
from app.text.similarity import Feature

SUBJECT_AS_A_WHOLE = "the subject as a whole"
"""What a part of a score is called that no single word makes."""


def give_reasons(
    shown: Iterable[RelatedPaper],
    parts: Mapping[ArxivId, ScoreParts],
    models: Sequence[tuple[str, ...]],
    surfaces: Mapping[Feature, str],
) -> list[RelatedPaper]:
    """Papers with the reasons why they were found.

    Args:
        shown: the papers.
        parts: what their scores are made of.
        models: categories of each paper they are to be like.
        surfaces: how people read what they share.
    """
    known = {code for codes in models for code in codes}
    labels = {
        feature: (_kind_of(feature), _name(feature, surfaces)) for feature in list_features(parts)
    }
    explained = []
    for each in shown:
        shared = [code for code in each.paper.categories if code in known]
        reasons = _list_reasons(parts[each.paper.arxiv_id], shared, labels)
        explained.append(replace(each, reasons=reasons))
    return explained


def list_features(parts: Mapping[ArxivId, ScoreParts]) -> set[Feature]:
    """The terms and pairs in some scores."""
    return {each.feature for one in parts.values() for each in one.contributions}


def _list_reasons(
    parts: ScoreParts, categories: Iterable[str], labels: Mapping[Feature, tuple[ReasonKind, str]]
) -> tuple[Reason, ...]:
    """Why a paper was found, largest part first; they add up to its score."""
    reasons = [Reason(*labels[each.feature], each.weight) for each in parts.contributions]
    if parts.category > 0.0:
        reasons.append(Reason(ReasonKind.CATEGORY, ", ".join(categories), parts.category))
    if parts.subject > 0.0:
        reasons.append(Reason(ReasonKind.SUBJECT, SUBJECT_AS_A_WHOLE, parts.subject))
    return tuple(_join_spellings(reasons))


def list_profile(
    profile: Mapping[Feature, float], shown: Iterable[Feature], surfaces: Mapping[Feature, str]
) -> list[Reason]:
    """Some features of a profile as people read them, heaviest first."""
    reasons = [
        Reason(_kind_of(feature), _name(feature, surfaces), profile[feature]) for feature in shown
    ]
    return _join_spellings(reasons, by_size=True)


def _join_spellings(reasons: Iterable[Reason], *, by_size: bool = False) -> list[Reason]:
    """Reasons by weight, those that read the same as one: "position-wise" is a pair and a word."""
    joined: dict[str, Reason] = {}
    for each in reasons:
        known = joined.get(each.text)
        if known is not None:
            weight = known.weight + each.weight
            kind = each.kind if known.kind is ReasonKind.TERM else known.kind
            joined[each.text] = Reason(kind, each.text, weight)
        else:
            joined[each.text] = each
    if by_size:
        return sorted(joined.values(), key=lambda each: -abs(each.weight))
    return sorted(joined.values(), key=lambda each: -each.weight)


def _kind_of(feature: Feature) -> ReasonKind:
    return ReasonKind.TERM if len(feature) == 1 else ReasonKind.PHRASE


def _name(feature: Feature, surfaces: Mapping[Feature, str]) -> str:
    return surfaces.get(feature) or " ".join(feature)
