"""`GET /api/v1/papers/…/keywords` and `POST /api/v1/keywords`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db.migrate import upgrade
from app.db.paper_upsert import upsert_records
from app.db.session import Database
from app.main import create_app
from tests.support.factories import COMPASS_ID, NOON, OTTER_ID, make_record
from tests.support.library import GONE_ID, HOSTILE_ID, Library, fill_index, remove_index
from tests.support.toy_papers import TOY_PAPERS

KEYWORDS = "/api/v1/keywords"

TOY = dict(zip(("2401.00001", "2401.00002", "2401.00003"), TOY_PAPERS.values(), strict=True))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service over the toy corpus and nothing else."""
    yield from open_client(Library(tmp_path_factory.mktemp("toy")), TOY)


def open_client(library: Library, papers: dict[str, tuple[str, str]]) -> Iterator[TestClient]:
    upgrade(library.database_url)
    database = Database(library.database_url)
    records = [make_record(i, title=title, abstract=text) for i, (title, text) in papers.items()]
    with database.transaction() as tx:
        upsert_records(tx, records, now=NOON)
    fill_index(database, library.index_dir)
    database.close()
    with TestClient(create_app(library.settings)) as client:
        yield client


def test_the_toy_paper_has_its_published_literal_keywords(toy: TestClient) -> None:
    body = toy.get("/api/v1/papers/2401.00001/keywords?method=literal").json()

    assert body["arxiv_id"] == "2401.00001"
    assert body["papers"] == 3
    assert [(each["text"], round(each["weight"], 6)) for each in body["keywords"]] == [
        ("attention", 5.079442),
        ("sparse", 3.386294),
        ("study", 1.693147),
        ("kernels", 1.693147),
        ("long", 1.287682),
        ("context", 1.287682),
    ]
    assert [each["df"] for each in body["keywords"]] == [1, 1, 1, 1, 2, 2]


def test_phrases_are_what_people_get_unless_they_ask_otherwise(toy: TestClient) -> None:
    body = toy.get("/api/v1/papers/arXiv:2401.00001v1/keywords?limit=3").json()

    assert body["method"] == "phrases"
    assert "sparse attention" in [each["text"] for each in body["keywords"]]
    assert len(body["keywords"]) == 3
    for each in body["keywords"]:
        assert each["tf"] >= 1
        assert 0 < each["df"] <= 3
        assert each["weight"] > 0
        assert each["idf"] > 0


def test_any_text_has_keywords_like_a_paper(toy: TestClient) -> None:
    title, abstract = TOY["2401.00001"]
    for method in ("phrases", "literal"):
        sent = toy.post(KEYWORDS, json={"title": title, "abstract": abstract, "method": method})
        held = toy.get("/api/v1/papers/2401.00001/keywords", params={"method": method})

        assert sent.json()["keywords"] == held.json()["keywords"]
        assert sent.json()["arxiv_id"] is None


def test_an_acronym_is_shown_with_its_long_form(toy: TestClient) -> None:
    body = {"abstract": "A support vector machine (SVM) learns. The SVM generalises."}

    found = toy.post(KEYWORDS, json=body).json()["keywords"]

    assert (found[0]["text"], found[0]["acronym"], found[0]["tf"]) == (
        "support vector machine",
        "SVM",
        3,
    )
    assert "SVM" not in [each["text"] for each in found]


@pytest.mark.parametrize("method", ["phrases", "literal"])
@pytest.mark.parametrize("body", [{}, {"title": "?!", "abstract": "$$"}, {"abstract": "of the"}])
def test_nothing_to_find_is_an_empty_answer(
    toy: TestClient, method: str, body: dict[str, str]
) -> None:
    answer = toy.post(KEYWORDS, json=body | {"method": method})

    assert answer.status_code == 200
    assert answer.json()["keywords"] == []


@pytest.mark.parametrize("method", ["phrases", "literal"])
def test_a_paper_of_one_word_alone_in_its_corpus(tmp_path: Path, method: str) -> None:
    (client,) = [*open_client(Library(tmp_path), {"2401.00001": ("Kernels", "")})]
    answer = client.get("/api/v1/papers/2401.00001/keywords", params={"method": method})

    assert answer.status_code == 200
    assert [each["text"].lower() for each in answer.json()["keywords"]] == ["kernels"]


def test_a_paper_alone_in_its_corpus_is_related_to_nothing(tmp_path: Path) -> None:
    (client,) = [*open_client(Library(tmp_path), {"2401.00001": ("Kernels", "")})]
    with client:
        for method in ("default", "literal"):
            answer = client.get(f"/api/v1/papers/2401.00001/related?method={method}")
            assert (answer.status_code, answer.json()["results"]) == (200, [])
        found = client.post("/api/v1/recommend", json={"positive": ["2401.00001"]})
        assert (found.status_code, found.json()["results"]) == (200, [])
        cloud = client.post("/api/v1/preferences/cloud", json={"ids": ["2401.00001"]}).json()
        assert cloud["words"] == [{"word": "kernels", "count": 1}]
        learned = client.post("/api/v1/preferences/learn", json={"liked": ["2401.00001"]})
        assert [each["text"] for each in learned.json()["terms"]] == ["Kernels"]
        order = client.post(
            "/api/v1/preferences/rank", json={"ids": ["2401.00001"], "words": ["kernels"]}
        )
        assert [each["id"] for each in order.json()["results"]] == ["2401.00001"]
        for page in ("/abs/2401.00001", "/related/2401.00001"):
            assert client.get(page).status_code == 200


@pytest.mark.parametrize(
    ("written", "status", "slug"),
    [
        ("2401.00009", 404, "paper-not-found"),
        (GONE_ID, 410, "paper-deleted"),
        ("otters", 422, "invalid-arxiv-id"),
    ],
)
def test_what_is_not_held_has_no_keywords(
    client: TestClient, written: str, status: int, slug: str
) -> None:
    answer = client.get(f"/api/v1/papers/{written}/keywords")

    assert answer.status_code == status
    assert answer.json()["type"] == f"/help#problem-{slug}"


def test_identifiers_with_a_slash_and_hostile_papers_have_keywords(client: TestClient) -> None:
    assert client.get(f"/api/v1/papers/{COMPASS_ID}/keywords").json()["arxiv_id"] == COMPASS_ID
    for method in ("phrases", "literal"):
        answer = client.get(f"/api/v1/papers/{HOSTILE_ID}/keywords", params={"method": method})
        assert "adversarium" in [each["text"] for each in answer.json()["keywords"]]


@pytest.mark.parametrize(
    ("body", "limit_name", "limit", "unit"),
    [
        ({"abstract": "a" * 20_001}, "max_keyword_text_chars", 20_000, "characters"),
        ({"title": "a" * 15_000, "abstract": "b" * 5_001}, "max_keyword_text_chars", 20_000, ""),
        ({"limit": 51}, "max_keywords", 50, "keywords"),
    ],
)
def test_limits_are_named(
    client: TestClient, body: dict[str, object], limit_name: str, limit: int, unit: str
) -> None:
    answer = client.post(KEYWORDS, json=body)

    assert answer.status_code == 422
    assert answer.json()["limit_name"] == limit_name
    assert answer.json()["limit"] == limit
    assert unit in answer.json()["unit"]
    assert limit_name in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [{"limit": 0}, {"limit": -1}, {"method": "magic"}, {"titel": "x"}, {"title": 7}, [], "x"],
)
def test_a_body_of_another_form_is_refused(client: TestClient, body: object) -> None:
    assert client.post(KEYWORDS, json=body).status_code == 422


def test_unknown_parameters_and_methods_are_refused(client: TestClient) -> None:
    path = f"/api/v1/papers/{OTTER_ID}/keywords"

    assert client.get(path, params={"methd": "literal"}).status_code == 422
    assert client.get(path, params={"method": "magic"}).status_code == 422
    assert client.get(path, params={"limit": 51}).json()["limit_name"] == "max_keywords"


def test_without_an_index_it_is_said_what_to_do(library: Library, tmp_path: Path) -> None:
    from tests.support.library import copy_library

    copy = copy_library(library, tmp_path / "copy")
    remove_index(copy)
    with TestClient(create_app(copy.settings)) as client:
        answer = client.post(KEYWORDS, json={"title": "Otters"})

    assert answer.status_code == 503
    assert answer.json()["type"] == "/help#problem-index-missing"
