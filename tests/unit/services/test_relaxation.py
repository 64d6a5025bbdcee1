"""When all of the words are too much to ask, and what is asked instead."""

from math import log

import pytest

from app.domain.query import And, Boosted, Not, Or, Phrase, QueryField, QueryNode, Sort, Term
from app.services.relaxation import (
    COMPOUND_WEIGHT,
    describe_relaxation,
    find_relaxation,
    is_enough,
)
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from tests.support.factories import OTTER_ID

OTTERS, TEAPOTS = Term("otters"), Term("teapots")


def test_phrases_fields_and_exclusions_stay_wanted() -> None:
    phrase, exclusion = Phrase("low orbit"), Not(Term("survey"))
    relaxation = find_relaxation(And((OTTERS, phrase, TEAPOTS, exclusion)))

    assert relaxation is not None
    assert relaxation.query == And((Or((OTTERS, TEAPOTS)), phrase, exclusion))
    assert relaxation.shown == relaxation.query


def test_a_word_said_twice_in_any_form_counts_more() -> None:
    relaxation = find_relaxation(And((OTTERS, TEAPOTS, Term("Otter"))))

    assert relaxation is not None
    assert relaxation.query == Or((Boosted(OTTERS, 1 + log(2)), TEAPOTS))
    assert relaxation.shown == Or((OTTERS, TEAPOTS))


def test_parts_of_a_compound_are_words_beside_the_whole() -> None:
    compound = Term("tea-pots")
    relaxation = find_relaxation(And((OTTERS, compound, Term("tea"))))

    assert relaxation is not None
    assert relaxation.query == Or(
        (
            OTTERS,
            Boosted(compound, COMPOUND_WEIGHT),
            Term("tea"),
            Boosted(Term("pots"), COMPOUND_WEIGHT),
        )
    )
    assert relaxation.shown == Or((OTTERS, compound, Term("tea"), Term("pots")))


def test_what_may_stand_in_the_place_of_words_has_its_own_weight() -> None:
    teapot = Phrase("tea pots")
    relaxation = find_relaxation(And((OTTERS, TEAPOTS)), [Boosted(teapot, 0.25)])

    assert relaxation is not None
    assert relaxation.query == Or((OTTERS, TEAPOTS, Boosted(teapot, 0.25)))
    assert relaxation.shown == Or((OTTERS, TEAPOTS, teapot))


def test_quotations_in_prose_are_no_conditions_but_count() -> None:
    words = tuple(Term(f"word{letter}") for letter in "abcdefghijk")
    quotation, title = Phrase("low orbit"), Phrase("low orbit", QueryField.TITLE)
    prose = find_relaxation(And((*words, quotation, title)))
    short = find_relaxation(And((*words[:10], quotation, title)))

    assert prose is not None
    assert prose.query == And((Or((*words, Term("low"), Term("orbit"), quotation)), title))
    assert short is not None
    assert short.query == And((Or(words[:10]), quotation, title))


@pytest.mark.parametrize(
    "tree",
    [
        OTTERS,
        Or((OTTERS, TEAPOTS)),
        And((OTTERS, Phrase("low orbit"))),
        And((OTTERS, Term("Otter"))),
        And((OTTERS, Term("smith", QueryField.AUTHOR))),
    ],
)
def test_a_single_word_cannot_be_relaxed(tree: QueryNode) -> None:
    assert find_relaxation(tree) is None


@pytest.mark.parametrize(
    ("total", "papers", "sort", "expected"),
    [
        (0, 10, Sort.RELEVANCE, False),
        (1, 10, Sort.RELEVANCE, True),
        (9, 1_000, Sort.RELEVANCE, False),
        (10, 1_000, Sort.RELEVANCE, True),
        (24, 10**6, Sort.RELEVANCE, False),
        (25, 10**6, Sort.RELEVANCE, True),
        (1, 10**6, Sort.NEWEST, True),
        (0, 10**6, Sort.NEWEST, False),
    ],
)
def test_how_many_papers_are_enough(total: int, papers: int, sort: Sort, expected: bool) -> None:
    assert is_enough(total, papers, sort) is expected


@pytest.mark.parametrize(
    ("total", "beginning"),
    [(0, "No title and abstract hold"), (1, "Only one paper holds"), (12, "Only 12 papers hold")],
)
def test_the_note_says_how_many_hold_all_words(total: int, beginning: str) -> None:
    note = describe_relaxation(total)

    assert note.startswith(beginning)
    assert "any of them" in note


def test_pages_of_a_relaxed_answer_join_and_its_total_is_exact(use_cases: UseCases) -> None:
    question = "otters teapots compass zyzzyva"
    whole = use_cases.search.search(SearchQuestion(question, limit=40))
    singles = [
        use_cases.search.search(SearchQuestion(question, offset=at, limit=1)).hits[0].paper
        for at in range(whole.total)
    ]

    assert whole.relaxed
    assert whole.total == len(whole.hits) > 2
    assert singles == [hit.paper for hit in whole.hits]
    assert OTTER_ID in {paper.arxiv_id.value for paper in singles}
