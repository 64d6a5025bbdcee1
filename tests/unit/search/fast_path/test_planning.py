"""What plans are made of."""

from whoosh.query import Or, Term

from app.search.whoosh.fast_path.plan import TermLeaf, WordLeaf
from app.search.whoosh.fast_path.planning import make_plan
from app.search.whoosh.schema import ABSTRACT, AUTHORS, TITLE


def list_members(*queries: Term) -> list[object]:
    plan = make_plan(Or(list(queries)))
    assert plan is not None
    (clause,) = plan.clauses
    return list(clause.members)


def test_a_term_looked_for_in_title_and_abstract_alike_is_a_word_of_one_text() -> None:
    members = list_members(Term(ABSTRACT, "alfa"), Term(AUTHORS, "alfa"), Term(TITLE, "alfa"))
    assert members == [TermLeaf(AUTHORS, "alfa", 1.0), WordLeaf("alfa", 1.0)]


def test_terms_of_other_weights_or_said_once_more_stay_terms() -> None:
    members = list_members(
        Term(TITLE, "alfa"),
        Term(ABSTRACT, "alfa"),
        Term(ABSTRACT, "alfa"),
        Term(TITLE, "bravo", boost=2.0),
        Term(ABSTRACT, "bravo"),
    )
    assert members == [
        WordLeaf("alfa", 1.0),
        TermLeaf(ABSTRACT, "alfa", 1.0),
        TermLeaf(TITLE, "bravo", 2.0),
        TermLeaf(ABSTRACT, "bravo", 1.0),
    ]
