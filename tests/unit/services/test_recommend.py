"""Recommendations: likes lead, dislikes push down, the profile can be edited and sent back."""

from collections.abc import Iterator

import pytest

from app.domain.arxiv_id import ArxivId
from app.domain.errors import InvalidArxivIdError, InvalidInputError, LimitExceededError
from app.domain.recommendation import ProfileTerm, Recommendation
from app.services.recommend import Taste
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from tests.support.factories import COMPASS_ID, OTTER_ID, TEAPOT_ID, make_record
from tests.support.services import RECOMMEND_LIMITS
from tests.unit.services.test_related import serve

EVERYTHING = SearchQuestion(limit=40)

TOPICS = {
    "2405.30001": "neural networks for protein folding with attention",
    "2405.30002": "neural networks for protein docking and attention maps",
    "2405.30003": "neural networks for weather forecasts from satellites",
    "2405.30004": "neural networks for weather nowcasting with radar",
    "2405.30005": "protein folding by molecular dynamics",
    "2405.30006": "weather stations in the tropics",
    "2405.30007": "medieval manuscripts and their ink",
}
DOIS = {"2405.30001": "10.5555/Folding.1"}
FOLDING, DOCKING, FORECASTS, NOWCASTING, DYNAMICS, STATIONS, INK = TOPICS


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UseCases]:
    records = [
        make_record(
            arxiv_id,
            title=text.capitalize(),
            abstract=f"On {text}.",
            doi=DOIS.get(arxiv_id, ""),
        )
        for arxiv_id, text in TOPICS.items()
    ]
    with serve(tmp_path_factory.mktemp("shelf"), records) as opened:
        yield opened


def recommend(use_cases: UseCases, **taste: object) -> Recommendation:
    return use_cases.recommend.recommend(Taste(**taste), EVERYTHING)  # type: ignore[arg-type]


def list_ids(answer: Recommendation) -> list[str]:
    return [each.paper.arxiv_id.value for each in answer.papers]


def test_likes_lead_to_their_likes_with_reasons(shelf: UseCases) -> None:
    answer = recommend(shelf, positive=[FOLDING, DYNAMICS])

    assert list_ids(answer)[0] == DOCKING
    assert not {FOLDING, DYNAMICS} & set(list_ids(answer))
    assert INK not in list_ids(answer)
    for each in answer.papers:
        assert sum(reason.weight for reason in each.reasons) == pytest.approx(each.score)
    assert {"protein", "protein folding"} <= {line.text.lower() for line in answer.profile}


def test_dislikes_push_down(shelf: UseCases) -> None:
    without = list_ids(recommend(shelf, positive=[FOLDING, FORECASTS]))
    answer = recommend(shelf, positive=[FOLDING, FORECASTS], negative=[STATIONS, NOWCASTING])
    disliking = list_ids(answer)

    assert NOWCASTING in without
    assert STATIONS in without
    assert not {NOWCASTING, STATIONS} & set(disliking)
    fewer = recommend(shelf, positive=[FOLDING, FORECASTS], negative=[STATIONS])
    scores = {each.paper.arxiv_id.value: each.score for each in fewer.papers}
    before = {
        each.paper.arxiv_id.value: each.score
        for each in recommend(shelf, positive=[FOLDING, FORECASTS]).papers
    }
    assert scores[NOWCASTING] < before[NOWCASTING]
    assert list_ids(fewer).index(DOCKING) < list_ids(fewer).index(NOWCASTING)
    disliked = {line.text.lower() for line in answer.profile if line.weight < 0.0}
    assert {"stations", "nowcasting", "weather stations"} <= disliked


def test_a_text_is_enough(shelf: UseCases) -> None:
    assert list_ids(recommend(shelf, text="Medieval ink on manuscripts"))[0] == INK
    assert list_ids(recommend(shelf, text="zyzzyva")) == []
    assert list_ids(recommend(shelf, text="the of")) == []


def test_an_edited_profile_replaces_what_the_papers_say(shelf: UseCases) -> None:
    first = recommend(shelf, positive=[FOLDING])
    same = recommend(
        shelf,
        positive=[FOLDING],
        profile=[ProfileTerm(line.text, line.weight) for line in first.profile],
    )
    struck = [
        ProfileTerm(line.text, line.weight)
        for line in first.profile
        if "protein" not in line.text.lower() and "folding" not in line.text.lower()
    ]
    edited = recommend(shelf, positive=[FOLDING], profile=[*struck, ProfileTerm("weather", 50.0)])

    assert list_ids(same) == list_ids(first)
    assert [each.score for each in same.papers] == pytest.approx(
        [each.score for each in first.papers]
    )
    assert list_ids(edited)[0] in {FORECASTS, NOWCASTING, STATIONS}
    assert DYNAMICS not in list_ids(edited)
    only = recommend(shelf, profile=[ProfileTerm("ink", 1.0)])
    assert list_ids(only) == [INK]


def test_a_bibliography_is_understood_by_id_doi_and_title(shelf: UseCases) -> None:
    bibtex = """
    @article{byid, title = {Other words}, eprint = {2405.30005}}
    @article{bydoi, doi = {10.5555/folding.1}}
    @article{bytitle, title = {Neural {Networks} for protein docking and attention maps}}
    @article{near, title = {Neural networks for protein}}
    @article{elsewhere, title = {On dust}, eprint = {9901.00001}}
    """
    answer = recommend(shelf, bibtex=bibtex)

    found = {seed.written: seed.arxiv_id for seed in answer.seeds}
    assert found == {
        "byid": ArxivId.parse(DYNAMICS),
        "bydoi": ArxivId.parse(FOLDING),
        "bytitle": ArxivId.parse(DOCKING),
        "near": None,
        "elsewhere": None,
    }
    assert not {DYNAMICS, FOLDING, DOCKING} & set(list_ids(answer))


def test_papers_that_are_not_held_are_said_and_harm_nothing(shelf: UseCases) -> None:
    answer = recommend(shelf, positive=["2401.00001"], negative=[INK])

    assert answer.papers == ()
    assert [(seed.written, seed.arxiv_id, seed.is_positive) for seed in answer.seeds] == [
        ("2401.00001", None, True),
        (INK, ArxivId.parse(INK), False),
    ]


def test_filters_and_pages_are_those_of_a_search(use_cases: UseCases) -> None:
    taste = Taste(positive=["2403.05001", OTTER_ID])
    whole = use_cases.recommend.recommend(taste, EVERYTHING)
    page = use_cases.recommend.recommend(taste, SearchQuestion(limit=3, offset=3))
    filtered = use_cases.recommend.recommend(taste, SearchQuestion(categories="stat.AP", limit=40))

    assert list_ids(page) == list_ids(whole)[3:6]
    assert page.total == whole.total
    assert filtered.papers
    assert all("stat.AP" in each.paper.categories for each in filtered.papers)


def test_limits_are_named_and_something_has_to_be_liked(use_cases: UseCases) -> None:
    limits = RECOMMEND_LIMITS
    for taste, name in (
        ({"positive": [TEAPOT_ID] * (limits.max_seeds + 1)}, "max_seeds"),
        ({"bibtex": "@misc{a, title={B}}" * (limits.max_seeds + 1)}, "max_seeds"),
        ({"text": "a" * (limits.max_recommend_chars + 1)}, "max_recommend_chars"),
        (
            {"profile": [ProfileTerm("a", 1.0)] * (limits.max_profile_terms + 1)},
            "max_profile_terms",
        ),
    ):
        with pytest.raises(LimitExceededError, match=name):
            recommend(use_cases, **taste)
    for nothing in (
        {},
        {"negative": [COMPASS_ID]},
        {"text": "  "},
        {"profile": [ProfileTerm("a", -1.0)]},
    ):
        with pytest.raises(InvalidInputError, match="Nothing is liked"):
            recommend(use_cases, **nothing)
    with pytest.raises(InvalidInputError, match="holds no entry"):
        recommend(use_cases, bibtex="Attention is what otters need")
    assert recommend(use_cases, bibtex="nothing", positive=["2403.05001"]).papers
    with pytest.raises(InvalidArxivIdError):
        recommend(use_cases, positive=["otters"])
