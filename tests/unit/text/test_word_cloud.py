"""Word clouds count papers, and their order is total."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.text.word_cloud import choose_default_preferences, make_word_cloud

WORDS = ("apple", "graph", "kernel", "otter", "quasar", "zebra")
HISTORIES = st.lists(st.lists(st.sampled_from(WORDS), max_size=10), max_size=12)


def test_a_word_counts_once_for_a_paper() -> None:
    assert make_word_cloud([["otter", "otter"], ["otter"]]) == [("otter", 2)]


def test_equal_counts_are_ordered_by_the_last_paper_then_by_letters() -> None:
    cloud = make_word_cloud([["teapot", "otter"], ["zebra", "apple"], ["otter"]])

    assert cloud == [("otter", 2), ("apple", 1), ("zebra", 1), ("teapot", 1)]


def test_words_that_are_no_subject_stay_out_of_the_cloud() -> None:
    cloud = make_word_cloud([["Although", "diffusion", "one", "idea"], ["although", "ideas"]])

    assert cloud == [("diffusion", 1)]


def test_verbs_and_praise_stay_out_but_not_what_only_looks_like_them() -> None:
    verbs = ["show", "shows", "propose", "using", "demonstrate", "represents", "novel"]

    cloud = make_word_cloud([verbs, ["Lie", "bound", "driving", "prompt", "study", "learning"]])

    assert {word for word, _count in cloud} == {
        "Lie",
        "bound",
        "driving",
        "prompt",
        "study",
        "learning",
    }


def test_no_papers_make_an_empty_cloud() -> None:
    assert make_word_cloud([]) == []
    assert choose_default_preferences([]) == []


@given(HISTORIES)
def test_the_cloud_holds_every_word_with_its_papers(history: list[list[str]]) -> None:
    cloud = make_word_cloud(history)

    assert dict(cloud) == Counter(word for words in history for word in set(words))
    assert [count for _word, count in cloud] == sorted((c for _w, c in cloud), reverse=True)
    assert len(choose_default_preferences(cloud)) <= 20
    assert choose_default_preferences(cloud) == [word for word, _count in cloud][:20]
