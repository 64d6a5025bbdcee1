"""The taxonomy against arXiv's own table, and the algebra of category expressions."""

import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.categories import (
    CategoryExpression,
    canonical_category,
    category_of_oai_set,
    find_alias,
    find_category,
    get_archive,
    get_category,
    list_archives,
    list_categories,
    list_codes_of_archive,
    list_codes_of_group,
    list_groups,
    oai_set_of,
    parse_category_expression,
)
from app.domain.errors import InvalidCategoryError
from app.domain.taxonomy import find_archive_code
from app.domain.taxonomy_table import ALIASES, ARCHIVES, CATEGORY_NAMES
from tests.unit.real_data import data_file

CODES = [category.code for category in list_categories(include_retired=True)]
TERMS = (
    CODES
    + [archive.code for archive in list_archives(include_retired=True)]
    + [f"grp_{code}" for code, _ in list_groups()]
)
terms = st.lists(st.sampled_from(TERMS), max_size=6)


@pytest.mark.data
def test_codes_names_and_groups_are_arxivs_own() -> None:
    facts = json.loads(data_file("oai/arxiv_taxonomy.json").read_text())
    assert len(ARCHIVES) == len(facts["archives"]) == 39
    for fact in facts["archives"]:
        archive = get_archive(fact["id"])
        assert (archive.group, archive.name) == (fact["group"], fact["name"])
        assert (archive.start, archive.end) == (fact["start"], fact["end"])
    assert len(facts["categories"]) == len(ARCHIVES) + sum(map(len, CATEGORY_NAMES.values()))
    renamed = {"cs.LG": "Machine Learning", "test.none": "Test None"}
    for fact in facts["categories"]:
        category = get_category(fact["id"])
        assert category.name == renamed.get(fact["id"], fact["name"])
        assert category.archive == fact["archive"]
        assert fact["active"] or not category.is_active


@pytest.mark.data
def test_every_oai_set_of_the_server_is_a_category_and_back() -> None:
    answer = data_file("oai/generated/ListSets.xml").read_text()
    sets = re.findall(r"<setSpec>([^<]+)</setSpec>", answer)
    assert len(sets) > 150
    for set_spec in sets:
        assert oai_set_of(category_of_oai_set(set_spec)) == set_spec


@pytest.mark.parametrize("set_spec", ["", "cs:cs:XX", "cs:math:AG", "hep-th", "physics:cs", ":"])
def test_an_unknown_oai_set_is_refused(set_spec: str) -> None:
    with pytest.raises(InvalidCategoryError, match="no OAI set"):
        category_of_oai_set(set_spec)


def test_the_test_group_is_not_offered() -> None:
    offered = list_categories(include_retired=True)
    assert "test" not in {category.group for category in offered}
    assert len(list_groups()) == 8
    assert {category.code for category in list_categories()} >= {"cs.AI", "hep-th", "math-ph"}
    assert not {category.code for category in list_categories()} & {"cs", "alg-geom", "cond-mat"}


def test_every_retired_archive_names_the_category_that_took_it_over() -> None:
    retired = [archive for archive in list_archives(include_retired=True) if archive.is_retired]
    assert len(retired) == 18
    for archive in retired:
        assert get_category(archive.subsumed_by).is_active
    assert get_archive("cmp-lg").subsumed_by == "cs.CL"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cs.lg", "cs.LG"),
        (" HEP-TH ", "hep-th"),
        ("Robotics", "cs.RO"),
        ("Machine Learning (cs.LG)", "cs.LG"),
        ("Numerical Analysis", "math.NA"),
        ("systems and control", "eess.SY"),
        ("Machine Learning", None),  # cs.LG and stat.ML
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_category_is_found_by_code_or_unshared_name(text: str, code: str | None) -> None:
    category = find_category(text)
    assert (category.code if category else None) == code


@pytest.mark.parametrize(
    ("text", "suggestion"), [("cs.AII", "cs.AI"), ("hepth", "hep-th"), ("physics.optic", "optics")]
)
def test_an_unknown_category_is_refused_with_the_closest_ones(text: str, suggestion: str) -> None:
    for read in (get_category, parse_category_expression):
        with pytest.raises(InvalidCategoryError, match=rf"Did you mean .*{suggestion}"):
            read(text)


def test_aliases_point_to_the_canonical_code() -> None:
    assert {code: canonical_category(code) for code in CODES if find_alias(code)} == {
        **ALIASES,
        **{canonical: canonical for canonical in ALIASES.values()},
    }
    assert find_alias("math.NA") == "cs.NA"
    assert find_alias("cs.NA") == "math.NA"
    assert find_alias("cs.AI") is None


def test_the_papers_cool_example_unites_and_takes_away() -> None:
    expression = parse_category_expression("cs.AI+cs.LG-cs.CY-econ.GN")
    assert expression.included == {"cs.AI", "cs.LG"}
    assert expression.excluded == {"cs.CY", "econ.GN", "q-fin.EC"}
    assert expression.matches(["stat.ML", "cs.LG"])
    assert not expression.matches(["cs.LG", "cs.CY"])
    assert not expression.matches(["cs.LG", "q-fin.EC"])
    assert not expression.matches(["cs.CL"])
    assert not expression.matches([])


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("cs", "cs"),
        ("cs.*", "cs"),
        ("cs*", "cs"),
        ("HEP-*", "hep-*"),
        ("cs.AI-hep-*", "cs.AI-hep-*"),
        ("CS.LG,cs.ai", "cs.AI+cs.LG"),
        ("cs.AI cs.LG", "cs.AI+cs.LG"),  # "+" in a form body arrives as a blank
        (" +cs.AI  - cs.CY ", "cs.AI-cs.CY"),
        ("cs.AI-cs.CY+cs.LG", "cs.AI+cs.LG-cs.CY"),
        ("cs.AI+cs.AI", "cs.AI"),
        ("-cs.CY", "-cs.CY"),
        ("cond-mat", "cond-mat"),
        ("hep-th-hep-ph", "hep-th-hep-ph"),
        ("q-bio.NC-cs.LG", "q-bio.NC-cs.LG"),
        ("astro-ph.CO-astro-ph.GA", "astro-ph.CO-astro-ph.GA"),
        ("math-ph", "math-ph"),
        ("math-physics", "math-physics"),
        ("math-math-ph", "math-math-ph"),
        ("grp_physics-physics", "grp_physics-physics"),
    ],
)
def test_every_written_form_has_one_canonical_text(text: str, canonical: str) -> None:
    assert str(parse_category_expression(text)) == canonical


def test_an_archive_stands_for_all_its_categories() -> None:
    cs = parse_category_expression("cs")
    assert set(list_codes_of_archive("cs")) <= cs.included
    assert cs.matches(["cs.NA"])
    assert cs.matches(["math.NA"])  # the other name of cs.NA
    assert not cs.matches(["math.AG"])


def test_physics_is_the_archive_and_grp_physics_the_group() -> None:
    archive, group = map(parse_category_expression, ["physics", "grp_physics"])
    assert archive.matches(["physics.optics"])
    assert not archive.matches(["hep-th"])
    assert group.included >= {"hep-th", "astro-ph.CO", "physics.optics", "chao-dyn", "math.MP"}
    assert set(list_codes_of_group("physics")) <= group.included


def test_taking_away_alone_takes_from_all_of_arxiv() -> None:
    expression = parse_category_expression("-cs.CY")
    assert expression.matches(["hep-th"])
    assert not expression.matches(["hep-th", "cs.CY"])


@pytest.mark.parametrize(("alias", "canonical"), sorted(ALIASES.items()))
def test_a_paper_in_either_alias_matches_both(alias: str, canonical: str) -> None:
    for written, listed in itertools.product([alias, canonical], repeat=2):
        assert parse_category_expression(written).matches([listed])


@pytest.mark.parametrize("text", ["", "  ", "+", "-", ",,", "x" * 2_001])
def test_an_expression_without_a_category_is_refused(text: str) -> None:
    with pytest.raises(InvalidCategoryError):
        parse_category_expression(text)


def test_a_hyphen_between_any_two_codes_is_a_difference() -> None:
    for first, second in itertools.product(sorted(set(TERMS)), repeat=2):
        expression = parse_category_expression(f"{first}-{second}")
        assert (expression.include, expression.exclude) == ((first,), (second,))


@given(terms, terms, st.sampled_from(["+", ",", " ", " , "]), st.booleans())
def test_canonical_text_parses_back_to_an_equal_value(
    include: list[str], exclude: list[str], separator: str, upper: bool
) -> None:
    text = separator.join(include) + "".join(f"-{term}" for term in exclude)
    if not include and not exclude:
        return
    expression = parse_category_expression(text.upper() if upper else text)
    assert set(expression.include) == set(include)
    assert set(expression.exclude) == set(exclude)
    assert parse_category_expression(str(expression)) == expression


@given(terms, terms, st.lists(st.sampled_from(CODES), max_size=4))
def test_matching_is_in_the_union_and_in_nothing_taken_away(
    include: list[str], exclude: list[str], categories: list[str]
) -> None:
    expression = CategoryExpression(tuple(include), tuple(exclude))
    united = any(CategoryExpression((term,)).matches(categories) for term in include)
    if not include:
        united = bool(categories)
    taken = any(CategoryExpression((term,)).matches(categories) for term in exclude)
    assert expression.matches(categories) == (united and not taken)


@given(st.text() | st.from_regex(r"[a-z.+,\- ]{0,40}"))
def test_any_text_gives_an_expression_or_the_named_error(text: str) -> None:
    try:
        expression = parse_category_expression(text)
    except InvalidCategoryError:
        return
    assert parse_category_expression(str(expression)) == expression


@pytest.mark.parametrize(
    ("category", "archive"),
    [("cs.LG", "cs"), ("hep-th", "hep-th"), ("astro-ph.GA", "astro-ph"), ("unknown.XY", "unknown")],
)
def test_a_category_belongs_to_an_archive(category: str, archive: str) -> None:
    assert find_archive_code(category) == archive


def test_a_star_stands_for_every_archive_that_begins_so() -> None:
    expression = parse_category_expression("hep-*-hep-th")

    assert expression.included == {"hep-ex", "hep-lat", "hep-ph", "hep-th"}
    assert expression.excluded == {"hep-th"}
    with pytest.raises(InvalidCategoryError, match=r"zz\*"):
        parse_category_expression("zz*")
