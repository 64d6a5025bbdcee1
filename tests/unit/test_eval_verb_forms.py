"""The rule that finds words used as verbs, on sentences counted by hand."""

import doctest

from tests.eval import verb_forms
from tests.eval.verb_forms import MIN_USES, Uses, count_uses, list_doubtful_verbs


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(verb_forms).failed == 0


def test_uses_are_counted_by_what_stands_around() -> None:
    uses = count_uses(["They flurb the graph. The flurb grows.", "A graph flurb, and to flurb."])

    # Twice a verb ("They … the" counts for both signs), once behind "The", once ending a phrase.
    assert uses["flurb"] == Uses(total=4, verbal=3, nominal=2)


def test_half_verbal_and_a_tenth_nominal_is_the_border() -> None:
    assert Uses(MIN_USES, MIN_USES // 2, MIN_USES // 10).is_verb()
    assert not Uses(MIN_USES, MIN_USES // 2 - 1, 0).is_verb()
    assert not Uses(MIN_USES, MIN_USES, MIN_USES // 10 + 1).is_verb()
    assert not Uses(MIN_USES - 1, MIN_USES, 0).is_verb()


def test_verbs_by_use_are_doubted_where_nothing_speaks_for_them() -> None:
    uses = {"navigate": Uses(100, 90, 0), "synthesize": Uses(100, 10, 40)}

    doubtful = list_doubtful_verbs(uses)

    assert "synthesize" in doubtful
    assert "navigate" not in doubtful
