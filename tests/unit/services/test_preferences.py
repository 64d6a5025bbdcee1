"""Lists in the order of preference lose nothing, and clouds count papers."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import InvalidArxivIdError, LimitExceededError
from app.services.use_cases import UseCases
from tests.support.factories import COMPASS_ID, LIGHTHOUSE_ID, OTTER_ID, TEAPOT_ID
from tests.support.library import GONE_ID, UNHELD_ID
from tests.support.services import PREFERENCE_LIMITS

LISTED = [COMPASS_ID, LIGHTHOUSE_ID, TEAPOT_ID, OTTER_ID, UNHELD_ID, GONE_ID]
WORDS = ["attention", "otters", "lighthouse graph", "teapots", "the", "", "  ", "zzz", "$x$", "é"]


def rank(use_cases: UseCases, ids: list[str], words: list[str]) -> list[str]:
    return [each.written for each in use_cases.preferences.rank(ids, words)]


def test_papers_that_fit_come_first_and_all_others_keep_their_order(use_cases: UseCases) -> None:
    assert rank(use_cases, LISTED, ["attention"]) == [
        OTTER_ID,
        COMPASS_ID,
        LIGHTHOUSE_ID,
        TEAPOT_ID,
        UNHELD_ID,
        GONE_ID,
    ]


def test_a_phrase_wants_its_words_side_by_side(use_cases: UseCases) -> None:
    assert rank(use_cases, LISTED, ["lighthouse graphs"])[0] == LIGHTHOUSE_ID
    assert rank(use_cases, LISTED, ["lighthouse gloom"]) == LISTED


@pytest.mark.parametrize("words", [[], [""], ["the"], ["zzz"], ["$"]])
def test_words_that_say_nothing_leave_the_order(use_cases: UseCases, words: list[str]) -> None:
    assert rank(use_cases, LISTED, words) == LISTED


def test_ids_stay_as_they_were_written(use_cases: UseCases) -> None:
    written = ["hep-th/9901001v1", f"https://arxiv.org/abs/{OTTER_ID}", TEAPOT_ID]

    assert rank(use_cases, written, ["teapots"]) == [TEAPOT_ID, written[0], written[1]]
    assert rank(use_cases, [], ["teapots"]) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(LISTED), max_size=20),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=20)), max_size=6),
)
def test_every_order_is_a_permutation(
    use_cases: UseCases, ids: list[str], words: list[str]
) -> None:
    ranked = use_cases.preferences.rank(ids, words)

    assert sorted(each.written for each in ranked) == sorted(ids)
    scores = [each.score for each in ranked]
    assert scores == sorted(scores, reverse=True)
    unmatched = {each.written for each in ranked if each.score == 0.0}
    assert [each.written for each in ranked if each.score == 0.0] == [
        each for each in ids if each in unmatched
    ]
    # Ordering an ordered list changes nothing.
    again = use_cases.preferences.rank([each.written for each in ranked], words)
    assert again == ranked


def test_limits_are_named(use_cases: UseCases) -> None:
    limits = PREFERENCE_LIMITS
    with pytest.raises(LimitExceededError, match="max_preference_ids"):
        rank(use_cases, [TEAPOT_ID] * (limits.max_preference_ids + 1), [])
    with pytest.raises(LimitExceededError, match="max_preference_words"):
        rank(use_cases, [TEAPOT_ID], ["a"] * (limits.max_preference_words + 1))
    with pytest.raises(LimitExceededError, match="max_preference_word_chars"):
        rank(use_cases, [TEAPOT_ID], ["a" * (limits.max_preference_word_chars + 1)])
    with pytest.raises(LimitExceededError, match="max_preference_ids"):
        use_cases.preferences.make_cloud([TEAPOT_ID] * (limits.max_preference_ids + 1))
    with pytest.raises(InvalidArxivIdError):
        rank(use_cases, ["otters"], [])


def test_the_cloud_counts_each_paper_once(use_cases: UseCases) -> None:
    cloud = use_cases.preferences.make_cloud([OTTER_ID, TEAPOT_ID, f"{OTTER_ID}v1", UNHELD_ID])

    words = dict(cloud.words)
    assert words["otters"] == 1
    assert words["teapots"] == 1
    assert cloud.missing == (UNHELD_ID,)
    assert cloud.preferences == tuple(word for word, _count in cloud.words[:20])
    # The otters were looked at last.
    assert cloud.words[0][0] in use_cases.papers.get_paper(OTTER_ID).paper.title.lower()


def test_an_empty_history_makes_an_empty_cloud(use_cases: UseCases) -> None:
    cloud = use_cases.preferences.make_cloud([])

    assert (cloud.words, cloud.preferences, cloud.missing) == ((), (), ())
