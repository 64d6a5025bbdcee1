"""Which names a query for an author finds."""

from collections.abc import Iterator

import pytest

from app.domain.query import AuthorPlace, SearchRequest
from app.search.engine import SearchEngine
from app.search.factory import open_engine
from app.text.query_syntax import parse_query
from app.text.query_words import make_author
from tests.integration.index.documents import build_index, make_document

AUTHORS: dict[str, tuple[str, ...]] = {
    "particles": ("Jan van der Berg", "C. Fox"),
    "berg": ("Anna Berg",),
    "maestro": ("Adrian Del Maestro", "B. Svistunov"),
    "maestro-initial": ("A. Del Maestro",),
    "wang-w": ("W. Wang",),
    "wang-wei": ("Wei Wang", "Li Xu"),
    "wang-wen-hao": ("Wen-Hao Wang",),
    "wang-yang": ("Wang Yang",),
    "wang-xiaoming": ("Xiaoming Wang",),
    "wang-xiao-ming": ("Xiao-Ming Wang",),
    "smith-john": ("John Smith",),
    "smith-john-a": ("John A. Smith",),
    "smith-jane": ("Jane Smith",),
    "smith-j": ("J. Smith", "K. Last"),
    "smith-k-j": ("K. J. Smith",),
    "smith-last": ("K. First", "Adam Smith"),
    "smith-middle": ("K. First", "Zoe Smith", "K. Last"),
    "john-and-smith": ("John Fox", "Ada Smith"),
    "serre-full": ("Jean-Pierre Serre",),
    "serre-initials": ("J.-P. Serre",),
    "serre-joined": ("JP Serre",),
    "serre-other": ("Marc Serre",),
    "oneil": ("Cathy O'Neil",),
    "oneil-curly": ("P. O’Neil",),
    "muller": ("Karl Müller",),
    "mueller": ("Karl Mueller",),
    "muller-plain": ("Karl Muller",),
    "bauer": ("F. Bauer",),
    "ueda": ("Masahito Ueda",),
    "schroedinger": ("Erwin Schrödinger",),
    "junior": ("E. Fox Jr.",),
    "third": ("Gilbert Davis III",),
    "korean": ("Min-Jun Kim",),
    "nguyen": ("Nguyễn Văn An",),
    "orsted": ("H. C. Ørsted",),
    "lopez": ("María García López",),
    "atlas": ("ATLAS Collaboration", "G. Aad"),
    "noel": ("Noel Hush",),
    "lukasz": ("Łukasz Kaiser",),
    "dos": ("Ana dos Santos",),
    "long": tuple(f"A. Many{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(40)),
}
NUMBERS = {key: number for number, key in enumerate(AUTHORS)}

WANG = {"wang-w", "wang-wei", "wang-wen-hao", "wang-xiaoming", "wang-xiao-ming"}
SMITH_J = {"smith-john", "smith-john-a", "smith-jane", "smith-j"}
SMITHS = SMITH_J | {"smith-k-j", "smith-last", "smith-middle", "john-and-smith"}
MULLERS = {"muller", "mueller", "muller-plain"}
SERRE_JP = {"serre-full", "serre-initials", "serre-joined"}

PAIRS: list[tuple[str, set[str]]] = [
    # Particles, with and without, in one piece and in several.
    ("van der Berg", {"particles"}),
    ("Van Der Berg", {"particles"}),
    ("vanderberg", {"particles"}),
    ("van der Berg, J", {"particles"}),
    ("van der Berg, Jan", {"particles"}),
    ("van der Berg, K", set()),
    ("Jan van der Berg", {"particles"}),
    ("J. van der Berg", {"particles"}),
    ("berg", {"particles", "berg"}),
    ("Berg, A", {"berg"}),
    ("Berg, J", {"particles"}),
    ("Berg Jan", set()),
    ("delmaestro", {"maestro", "maestro-initial"}),
    ("del maestro", {"maestro", "maestro-initial"}),
    ("del_maestro", {"maestro", "maestro-initial"}),
    ("delmaestro, a", {"maestro", "maestro-initial"}),
    ("Del Maestro, Adrian", {"maestro", "maestro-initial"}),
    ("maestro", {"maestro", "maestro-initial"}),
    ("Del Maestro, B", set()),
    ("dos Santos", {"dos"}),
    ("dossantos", {"dos"}),
    # Initials.
    ("wang", WANG | {"wang-yang"}),
    ("Wang, W", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("Wang, W.", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("W Wang", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("W. Wang", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("wang_w", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("Wang W", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("Wang, W H", {"wang-wen-hao"}),
    ("Wang, W.-H.", {"wang-wen-hao"}),
    ("Wang, WH", {"wang-wen-hao"}),
    ("Wang, X", {"wang-xiaoming", "wang-xiao-ming"}),
    ("Wang, Y", set()),
    ("Wang, L", set()),
    # Given names.
    ("Wang, Wei", {"wang-wei", "wang-w"}),
    ("Wei Wang", {"wang-wei"}),
    ("Wang Yang", {"wang-yang"}),
    ("Wang, Yang", {"wang-yang"}),
    ("Yang, Wang", {"wang-yang"}),
    ("Wang, Xiaoming", {"wang-xiaoming", "wang-xiao-ming"}),
    ("Wang, Xiao-Ming", {"wang-xiaoming", "wang-xiao-ming"}),
    ("Wang, Xiao Ming", {"wang-xiaoming", "wang-xiao-ming"}),
    ("Xiao-Ming Wang", {"wang-xiaoming", "wang-xiao-ming"}),
    ("Kim, Min-Jun", {"korean"}),
    ("Kim, Minjun", {"korean"}),
    ("Kim, M", {"korean"}),
    ("smith", SMITHS),
    ("smith, j", SMITH_J),
    ("smith, john", {"smith-john", "smith-john-a", "smith-j"}),
    ("Smith, John A.", {"smith-john-a"}),
    ("John Smith", {"smith-john", "smith-john-a"}),
    ("Smith, K", {"smith-k-j"}),
    ("smith_j", SMITH_J),
    ("Serre, Jean-Pierre", SERRE_JP),
    ("Serre, J.-P.", SERRE_JP),
    ("Serre, JP", SERRE_JP),
    ("J.-P. Serre", SERRE_JP),
    ("Jean-Pierre Serre", {"serre-full"}),
    ("Serre, J", SERRE_JP),
    ("Serre, M", {"serre-other"}),
    # Letters.
    ("O'Neil", {"oneil", "oneil-curly"}),
    ("oneil", {"oneil", "oneil-curly"}),
    ("O’Neil, C", {"oneil"}),
    ("Müller", MULLERS),
    ("Mueller", MULLERS),
    ("Muller", MULLERS),
    ("Mueller, K", MULLERS),
    ("Müller, Karl", MULLERS),
    ("Bauer", {"bauer"}),
    ("Baur", set()),
    ("Ueda", {"ueda"}),
    ("Schroedinger", {"schroedinger"}),
    ("schrodinger, e", {"schroedinger"}),
    ("Orsted", {"orsted"}),
    ("Ørsted, H", {"orsted"}),
    ("Noel", {"noel"}),
    ("Kaiser, Lukasz", {"lukasz"}),
    ("Nguyen Van An", {"nguyen"}),
    # Suffixes and groups.
    ("Fox, E", {"junior"}),
    ("Fox, E., Jr.", {"junior"}),
    ("E. Fox Jr.", {"junior"}),
    ("Davis III", {"third"}),
    ("Davis, Gilbert, III", {"third"}),
    ("García López", {"lopez"}),
    ("Garcia Lopez, M", {"lopez"}),
    ("Lopez, Maria", {"lopez"}),
    ("ATLAS Collaboration", {"atlas"}),
    # The first and the last author.
    ("^smith", SMITH_J | {"smith-k-j"}),
    ("smith$", SMITHS - {"smith-middle", "smith-j"}),
    ("^smith, j", SMITH_J),
    ("^Smith, K", {"smith-k-j"}),
    ("smith, a$", {"smith-last", "john-and-smith"}),
    ("^van der Berg", {"particles"}),
    ("van der Berg$", set()),
    ("^Wei Wang", {"wang-wei"}),
    ("wei wang$", set()),
    ("^wang_w", {"wang-w", "wang-wei", "wang-wen-hao"}),
    ("Manybn$", {"long"}),
    ("^manybn", set()),
    ("^manyaa", {"long"}),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    index_dir = tmp_path_factory.mktemp("authors") / "index"
    build_index(
        index_dir,
        [make_document(number, authors=AUTHORS[key]) for key, number in NUMBERS.items()],
    )
    engine = open_engine(index_dir)
    yield engine
    engine.close()


@pytest.mark.parametrize(("name", "expected"), PAIRS)
def test_a_name_finds_these_authors_and_no_others(
    engine: SearchEngine, name: str, expected: set[str]
) -> None:
    author = make_author(name)
    assert author is not None
    hits = engine.search(SearchRequest(author, limit=100)).hits
    by_id = {make_document(number).arxiv_id: key for key, number in NUMBERS.items()}

    assert {by_id[hit.arxiv_id] for hit in hits} == expected
    assert parse_query(f'au:"{name}"').tree == author


def test_the_table_is_long_enough_and_says_nothing_twice() -> None:
    assert len({name for name, _expected in PAIRS}) == len(PAIRS) >= 60


def test_a_place_is_written_before_or_behind_the_name() -> None:
    first, last = make_author("^Lee, A"), make_author("Lee, A$")
    assert first is not None and last is not None  # noqa: PT018
    assert (first.name, first.place) == ("Lee, A", AuthorPlace.FIRST)
    assert (last.name, last.place) == ("Lee, A", AuthorPlace.LAST)
    assert make_author("^ $") is None
