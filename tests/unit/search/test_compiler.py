"""Query trees -> Whoosh queries, by their shape."""

import pytest
from whoosh.query import And as WhooshAnd
from whoosh.query import Every, NullQuery
from whoosh.query import Term as WhooshTerm

from app.domain.errors import InvalidQueryError
from app.domain.query import (
    And,
    AtLeast,
    Boosted,
    Everything,
    Not,
    Or,
    Phrase,
    Preferred,
    QueryField,
    QueryNode,
    Term,
)
from app.search.whoosh.compiler import compile_query, compile_weighted_terms
from app.search.whoosh.leaf_compiler import MAX_PHRASE_TERMS
from app.search.whoosh.query_types import AnyOf, AtLeastOf, GappedPhrase, WithOptional, Without

FIELDS = ("title", "abstract")


def either(word: str) -> AnyOf:
    return AnyOf([WhooshTerm("title", word), WhooshTerm("abstract", word)])


def test_a_word_is_looked_for_in_title_and_abstract() -> None:
    assert compile_query(Term("Graphs")) == either("graph")


def test_a_word_with_a_field_is_looked_for_there() -> None:
    assert compile_query(Term("Graphs", QueryField.ABSTRACT)) == WhooshTerm("abstract", "graph")
    assert compile_query(Term("Müller", QueryField.AUTHOR)) == WhooshTerm("authors", "muller")


def test_alternatives_become_one_flat_bag() -> None:
    nested = Or((Term("graph"), Or((Term("tree"), Or((Term("graph"), Term("forest")))))))
    flat = compile_query(nested)
    assert isinstance(flat, AnyOf)
    assert [term.text for term in flat][::2] == ["graph", "tree", "forest"]
    assert all(isinstance(child, WhooshTerm) for child in flat)


def test_what_is_excluded_stands_apart_from_what_is_required() -> None:
    compiled = compile_query(And((Term("graph"), Not(Term("tree")), Term("leaf"))))
    assert compiled == Without(WhooshAnd([either("graph"), either("leaf")]), either("tree"))


def test_an_exclusion_alone_is_taken_from_everything() -> None:
    for query in (Not(Term("tree")), And((Not(Term("tree")),))):
        assert compile_query(query) == Without(Every(), either("tree"))


def test_everything_beside_a_condition_adds_nothing() -> None:
    assert compile_query(And((Everything(), Term("graph")))) == either("graph")
    assert compile_query(And((Everything(), Everything()))) == Every()
    assert compile_query(Everything()) == Every()


@pytest.mark.parametrize(
    "query",
    [
        Term("the"),
        Phrase("of the"),
        And(()),
        Or(()),
        And((Term("the"), Or((Term("of"),)))),
        Not(Term("the")),
        Term("", QueryField.DOI),
        Term("  ", QueryField.ID),
        Term("?", QueryField.AUTHOR),
    ],
)
def test_a_tree_without_index_terms_is_null(query: QueryNode) -> None:
    assert compile_query(query) is NullQuery


def test_a_phrase_keeps_the_places_of_its_stop_words() -> None:
    compiled = compile_query(Phrase("state of the art", QueryField.TITLE, slop=2))
    assert isinstance(compiled, GappedPhrase)
    assert (compiled.words, compiled.gaps, compiled.slop) == (["state", "art"], (3,), 2)


def test_phrases_that_differ_in_their_gaps_are_different() -> None:
    pair = Or((Phrase("state of the art"), Phrase("state art"), Phrase("state of the art")))
    assert len(compile_query(pair)) == 4


def test_a_phrase_of_one_word_is_a_word() -> None:
    assert compile_query(Phrase("the graphs")) == either("graph")


def test_a_compound_is_also_looked_for_in_one_piece() -> None:
    compiled = compile_query(Term("non-invasive", QueryField.TITLE))
    assert [type(child) for child in compiled] == [WhooshTerm, GappedPhrase]
    assert compiled.subqueries[0].text == "noninvas"
    assert compiled.subqueries[1].words == ["non", "invas"]


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("https://arxiv.org/pdf/hep-th/9901001v2", "arxiv_id", "hep-th/9901001"),
        ("1406.02661", "arxiv_id", "1406.2661"),
        ("9901001", "bare_ids", "9901001"),
    ],
)
def test_identifiers_are_looked_for_in_canonical_form(text: str, field: str, expected: str) -> None:
    assert compile_query(Term(text, QueryField.ID)) == WhooshTerm(field, expected)


def test_a_minimum_counts_only_children_that_say_something_of_their_own() -> None:
    words = (Term("graph"), Term("the"), Term("graphs"), Term("tree"), Term("leaf"))
    assert compile_query(AtLeast(words, 2)) == AtLeastOf(
        [either("graph"), either("tree"), either("leaf")], 2
    )
    assert compile_query(AtLeast(words, 4)) == WhooshAnd(
        [either("graph"), either("tree"), either("leaf")]
    )
    assert compile_query(AtLeast(words[:3], 3)) == either("graph")
    assert compile_query(AtLeast(words, 1)) == compile_query(Or(words))
    assert compile_query(AtLeast((Term("the"),), 1)) is NullQuery


def test_of_a_preference_the_side_that_says_something_is_left() -> None:
    both = compile_query(Preferred(Term("graph"), Term("tree")))
    assert both == WithOptional(either("graph"), either("tree"))
    assert compile_query(Preferred(Term("graph"), Term("the"))) == either("graph")
    assert compile_query(Preferred(Term("the"), Term("graph"))) == either("graph")


def test_weights_reach_the_leaves_and_multiply() -> None:
    compiled = compile_query(Boosted(And((Term("graph"), Boosted(Term("tree"), 3.0))), 0.5))
    assert compiled == WhooshAnd(
        [
            AnyOf([WhooshTerm(field, word, boost=boost) for field in FIELDS])
            for word, boost in (("graph", 0.5), ("tree", 1.5))
        ]
    )
    assert compile_query(Boosted(Everything(), 2.0)) == Every(boost=2.0)


def test_an_exclusion_has_no_weight() -> None:
    weighed = And((Term("graph"), Boosted(Not(Term("tree")), 7.0)))
    assert compile_query(weighed) == Without(either("graph"), either("tree"))


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_that_would_lose_matches_is_refused(weight: float) -> None:
    with pytest.raises(InvalidQueryError, match="finite weight above 0"):
        Boosted(Term("graph"), weight)


def test_weights_of_a_term_are_added_up() -> None:
    compiled = compile_weighted_terms([("graph", 1.0), ("tree", 0.0), ("graph", 0.5), ("x", -1.0)])
    assert compiled == AnyOf(
        [
            WhooshTerm("title", "graph", boost=1.5),
            WhooshTerm("abstract", "graph", boost=1.5),
        ]
    )
    assert compile_weighted_terms([("", 1.0)]) is NullQuery


@pytest.mark.parametrize("field", [None, QueryField.AUTHOR])
def test_endless_phrases_and_names_are_looked_for_by_their_beginning(
    field: QueryField | None,
) -> None:
    compiled = compile_query(Phrase(" ".join(["otter"] * 900), field))
    phrases = compiled.subqueries if isinstance(compiled, AnyOf) else [compiled]
    assert phrases
    for phrase in phrases:
        assert isinstance(phrase, GappedPhrase)
        assert len(phrase.words) == MAX_PHRASE_TERMS
