"""Known items: which queries are titles, and that such papers come first and once."""

import pytest

from app.domain.query import Sort
from app.services.known_items import is_misspelling, is_nearly, list_title_words
from app.services.search import SearchQuestion
from app.services.use_cases import UseCases
from tests.support.factories import TEAPOT_ID

TITLE = "Teapots in low Earth orbit: a lower bound"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("TEAPOTS IN LOW EARTH ORBIT - A LOWER BOUND", TITLE),
        ("schrodinger operators", r"Schr\"odinger operators"),
        ("alpha divergence", r"$\alpha$-divergence"),
        ("L1 norm", r"The $\ell_1$-norm"),
        ("non invasive imaging", "Non-invasive imaging"),
    ],
)
def test_spelling_makes_no_difference(query: str, title: str) -> None:
    assert "".join(list_title_words(query)) == "".join(list_title_words(title))


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("a b c", "a b c", False),
        ("a b c", "a b x c", True),
        ("a b", "a b x", False),
        ("a b x c", "a b c", True),
        ("a c b", "a b x c", False),
        ("teapot orbir low", "teapot orbit low", True),
        ("teapot comet low", "teapot orbit low", False),
        ("orbir", "orbit", False),
        ("a b c", "a b x y c", False),
    ],
)
def test_one_word_may_be_missing_too_much_or_misspelt(
    query: str, title: str, expected: bool
) -> None:
    assert is_nearly(query.split(), title.split()) is expected


@pytest.mark.parametrize(
    ("word", "meant", "expected"),
    [
        ("orbit", "orbit", True),
        ("obrit", "orbit", True),
        ("orbt", "orbit", True),
        ("orrbit", "orbit", True),
        ("obrti", "orbit", False),
        ("gpt", "gpu", False),
        ("attentoin", "attention", True),
        ("atentoin", "attention", True),
    ],
)
def test_faults_are_counted_by_length(word: str, meant: str, expected: bool) -> None:
    assert is_misspelling(word, meant) is expected


@pytest.mark.parametrize(
    "text",
    [
        TITLE,
        TITLE.upper(),
        '"Teapots in low Earth orbit: a lower bound"',
        "teapots low earth orbit lower",
        "teapots in low earth orbbit: a lower bound",
        "teapots in low earth orbit: a really lower bound",
    ],
)
def test_a_paper_is_first_for_its_title(use_cases: UseCases, text: str) -> None:
    page = use_cases.search.search(SearchQuestion(text))

    assert page.hits[0].paper.arxiv_id.value == TEAPOT_ID
    assert len({hit.paper.arxiv_id for hit in page.hits}) == len(page.hits)


def test_pages_hold_a_known_item_once(use_cases: UseCases) -> None:
    pages = [
        use_cases.search.search(SearchQuestion(f"{TITLE} otters", offset=at, limit=1))
        for at in range(3)
    ]
    whole = use_cases.search.search(SearchQuestion(f"{TITLE} otters"))

    found = [hit.paper.arxiv_id for page in pages for hit in page.hits]
    assert found == [hit.paper.arxiv_id for hit in whole.hits][:3]
    assert found[0].value == TEAPOT_ID
    assert whole.total == len(whole.hits)


@pytest.mark.parametrize(
    "question",
    [
        SearchQuestion(f"{TITLE} -satellite", categories="cs"),
        SearchQuestion("teapots low earth orbit lower -bound"),
        SearchQuestion(TITLE, last="1999"),
    ],
)
def test_filters_and_exclusions_hold_for_known_items_too(
    use_cases: UseCases, question: SearchQuestion
) -> None:
    page = use_cases.search.search(question)

    assert TEAPOT_ID not in {hit.paper.arxiv_id.value for hit in page.hits}


def test_an_order_by_date_is_left_alone(use_cases: UseCases) -> None:
    page = use_cases.search.search(SearchQuestion(TITLE, sort=Sort.NEWEST))

    dates = [hit.paper.submitted_at for hit in page.hits]
    assert dates == sorted(dates, reverse=True)
