"""How words, phrases, compounds, names, references and identifiers are found."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.domain.query import And, Phrase, QueryField, QueryNode, SearchRequest, Sort, Term
from app.search.engine import SearchEngine
from app.search.factory import open_engine
from tests.integration.index.documents import build_index, make_document

SAME_MOMENT = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    index_dir = tmp_path_factory.mktemp("words") / "index"
    build_index(
        index_dir,
        [
            make_document(
                0,
                "State of the art in non-invasive imaging",
                r"Schr\"odinger operators and Schrödinger's cat",
                arxiv_id="2001.00001",
                authors=("Anna van der Berg", "José Müller"),
                comments="12 pages, 3 figures",
                journal_ref="Phys.Rev.Lett. 124 (2020) 011301",
                doi="10.1103/PhysRevLett.124.011301",
                report_no="CERN-TH-2020-001",
            ),
            make_document(
                1,
                "Noninvasive art of the state",
                "Images of GPT-4 and of an on-line test",
                arxiv_id="hep-th/9901001",
                authors=("Müller José", "Berg Lee"),
                submitted_at=SAME_MOMENT,
            ),
            make_document(
                2,
                "Invasive methods are non linear",
                "A line and the GPT 4 image in 4.5 steps",
                arxiv_id="astro-ph/9901001",
                submitted_at=SAME_MOMENT,
            ),
        ],
    )
    engine = open_engine(index_dir)
    yield engine
    engine.close()


FIRST, SECOND, THIRD = "2001.00001", "hep-th/9901001", "astro-ph/9901001"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Term("images"), {FIRST, SECOND, THIRD}),
        (Term("SCHRODINGER"), {FIRST}),
        (Phrase("schrodinger cat"), {FIRST}),
        (Phrase("state of the art"), {FIRST}),
        (Phrase("art of the state"), {SECOND}),
        (Phrase("state art"), set()),
        (Phrase("state art", slop=2), {FIRST}),
        (Phrase("images of"), {SECOND, FIRST, THIRD}),
        (Term("non-invasive"), {FIRST, SECOND}),
        (Term("noninvasive"), {FIRST, SECOND}),
        (Term("GPT-4"), {SECOND, THIRD}),
        (Term("gpt4"), {SECOND}),
        (Term("on-line"), {SECOND}),
        (Term("online"), {SECOND}),
        (Term("4.5"), {THIRD}),
        (Phrase("non-invasive imaging", QueryField.TITLE), {FIRST}),
        (Phrase("non-invasive imaging", QueryField.ABSTRACT), set()),
    ],
)
def test_words_of_title_and_abstract(
    engine: SearchEngine, query: QueryNode, expected: set[str]
) -> None:
    assert find(engine, query) == expected


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("muller", QueryField.AUTHOR, {FIRST, SECOND}),
        ("Müller", QueryField.AUTHOR, {FIRST, SECOND}),
        ("van der Berg", QueryField.AUTHOR, {FIRST}),
        ("Berg José", QueryField.AUTHOR, set()),
        ("figures", QueryField.COMMENTS, {FIRST}),
        ("figure", QueryField.COMMENTS, {FIRST}),
        ("Phys. Rev. Lett. 124", QueryField.JOURNAL_REF, {FIRST}),
        ("cern-th", QueryField.REPORT_NO, {FIRST}),
        ("https://doi.org/10.1103/physrevlett.124.011301", QueryField.DOI, {FIRST}),
        ("10.1103", QueryField.DOI, set()),
        ("arXiv:2001.00001v3", QueryField.ID, {FIRST}),
        ("hep-th/9901001", QueryField.ID, {SECOND}),
        ("9901001", QueryField.ID, {SECOND, THIRD}),
        ("not an id", QueryField.ID, set()),
        ("", QueryField.ID, set()),
    ],
)
def test_words_of_the_other_fields(
    engine: SearchEngine, text: str, field: QueryField, expected: set[str]
) -> None:
    assert find(engine, Term(text, field)) == expected
    if expected:
        everywhere = And((Term(text, field), Phrase(text, field)))
        assert find(engine, everywhere) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEWEST, [FIRST, SECOND, THIRD]),
        (Sort.UPDATED, [FIRST, SECOND, THIRD]),
        (Sort.OLDEST, [THIRD, SECOND, FIRST]),
    ],
)
def test_papers_of_the_same_moment_are_ordered_by_identifier(
    engine: SearchEngine, sort: Sort, expected: list[str]
) -> None:
    result = engine.search(SearchRequest(Term("image"), sort=sort))
    assert [hit.arxiv_id.value for hit in result.hits] == expected


def test_a_phrase_is_explained_as_one_part(engine: SearchEngine) -> None:
    query = Phrase("state of the art")
    (hit,) = engine.search(SearchRequest(query)).hits
    (part,) = engine.explain(query, hit.arxiv_id).contributions
    assert (part.field, part.term) == ("title", '"state art"')
    assert part.weight == pytest.approx(hit.score)


def find(engine: SearchEngine, query: QueryNode) -> set[str]:
    return {hit.arxiv_id.value for hit in engine.search(SearchRequest(query)).hits}
