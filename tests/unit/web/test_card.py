"""The card of a paper: what it shows, where its links lead, how large it may grow."""

from urllib.parse import parse_qsl

import pytest
from lxml import html

from app.domain.categories import parse_category_expression
from app.domain.paper import Author, Paper
from app.services.question import SearchQuestion
from app.services.search_help import Highlights
from app.text.coins import MAX_AUTHORS, render_coins
from app.text.highlight import Snippet
from app.web.assets import Assets
from app.web.category_steps import CategorySteps, make_list_steps, make_search_steps
from app.web.languages import CHINESE, ENGLISH, Language
from app.web.presentation import make_environment
from app.web.search_addresses import SearchAddresses
from tests.support.factories import make_paper


def render_card(paper: Paper, language: Language = ENGLISH, **options: object) -> html.HtmlElement:
    names = ", ".join(f"{name}={name}" for name in options)
    template = make_environment(language, Assets("/static", {})).from_string(
        f"{{% from '_card.html' import card %}}{{{{ card(paper, 3, {names}) }}}}"
    )
    return html.fragment_fromstring(template.render(paper=paper, **options))


def texts(card: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in card.xpath(path)]


def test_a_card_has_its_number_states_and_actions() -> None:
    card = render_card(make_paper(), number=1_234, stars=7)

    assert card.get("data-paper-id") == str(make_paper().arxiv_id)
    assert texts(card, ".//*[@class='card-number']") == ["1,234"]
    assert texts(card, ".//*[@class='card-stars']") == ["★ 7"]
    actions = card.xpath(".//*[@data-action]/@data-action")
    assert actions == ["keywords", "pdf", "related", "cite", "copy", "star", "select", "fold"]
    shown = [text for text in card.xpath(".//button/text()") if text.strip()]
    assert shown == ["Copy", "Star", "Select", "Fold"]
    for button in card.xpath(".//button"):
        assert button.get("hidden") is not None
        assert button.get("data-needs-js") is not None


def test_a_long_abstract_is_clamped_and_stays_in_the_page() -> None:
    card = render_card(make_paper(abstract="Otters swim. " * 60))

    assert card.xpath(".//p[@class='card-abstract is-clamped']")
    assert card.xpath(".//label[@class='unclamp']/input[@type='checkbox']")
    assert "Otters swim." in texts(card, ".//p[contains(@class, 'is-clamped')]")[0]


def test_marked_words_and_formulas_stand_together() -> None:
    marked = Highlights(
        "<mark>$\\alpha$ otters</mark>", Snippet("an <mark>otter</mark> …", is_whole=False)
    )

    card = render_card(make_paper(title="$\\alpha$ otters"), marked=marked)

    assert card.xpath(".//h3//mark/math")
    assert card.xpath(".//details[@class='whole-abstract']/p")
    assert texts(card, ".//p[contains(@class, 'is-snippet')]/mark") == ["otter"]


def test_what_is_longer_than_real_papers_is_cut_even_where_it_is_marked() -> None:
    endless = "<mark>otter</mark> " * 100_000
    marked = Highlights(endless, Snippet(endless, is_whole=True))
    paper = make_paper(title="otter " * 100_000, abstract="otter " * 100_000)

    card = render_card(paper, marked=marked)

    assert len(html.tostring(card)) < 10_000


def test_authors_beyond_forty_are_counted() -> None:
    paper = make_paper(authors=tuple(Author(f"Otter{number}", "O.") for number in range(45)))

    card = render_card(paper)

    assert len(card.xpath(".//p[@class='card-authors']/a/bdi")) == 40
    assert "and 5 more" in texts(card, ".//p[@class='card-authors']")[0]


def test_a_card_speaks_chinese() -> None:
    card = render_card(make_paper(), CHINESE)

    assert "相关" in texts(card, ".//*[@data-action='related']")[0]


@pytest.mark.parametrize(
    ("expression", "code", "added", "excluded"),
    [
        ("cs.AI", "cs.LG", "/list/cs.AI+cs.LG/2024-05-03", "/list/cs.AI-cs.LG/2024-05-03"),
        ("cs.AI+cs.LG", "cs.LG", "", "/list/cs.AI-cs.LG/2024-05-03"),
        ("cs.AI", "cs.AI", "", ""),
        ("cs.AI-cs.LG", "cs.LG", "/list/cs.AI+cs.LG/2024-05-03", ""),
    ],
)
def test_signs_lead_to_the_list_with_one_category_more_or_less(
    expression: str, code: str, added: str, excluded: str
) -> None:
    steps = make_list_steps(parse_category_expression(expression), "2024-05-03")

    assert (steps.add(code), steps.exclude(code)) == (added, excluded)


def test_signs_of_a_search_keep_the_question() -> None:
    steps = make_search_steps(SearchAddresses(SearchQuestion(text="otters")), None)

    added = dict(parse_qsl(steps.add("cs.LG").partition("?")[2]))
    assert (added["q"], added["cat"]) == ("otters", "cs.LG")
    assert "cat=-cs.LG" in steps.exclude("cs.LG")


def test_each_sign_says_what_it_does() -> None:
    steps: CategorySteps = make_list_steps(parse_category_expression("cs.AI"))

    card = render_card(make_paper(categories=("cs.AI", "cs.LG")), steps=steps)

    assert texts(card, ".//a[@class='step']/span[@class='hidden']") == [
        "With cs.LG too",
        "Without cs.LG",
    ]


def test_coins_hold_what_a_reference_manager_needs_and_no_more() -> None:
    authors = tuple(Author(f"Otter{number}", "O.") for number in range(30))
    paper = make_paper(title="A & B\n= “C”", authors=authors, doi="10.1/a(b)c 10.2/d")

    fields = parse_qsl(render_coins(paper))

    assert ("rft.genre", "preprint") in fields
    assert ("rft.atitle", "A & B = “C”") in fields
    assert ("rft_id", "info:doi/10.1/a(b)c") in fields
    assert [value for name, value in fields if name == "rft.au"][
        -1
    ] == f"Otter{MAX_AUTHORS - 1}, O."
