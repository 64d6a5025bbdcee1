"""Identifiers: every written form, every refusal, and both directions of text."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.arxiv_id import (
    MAX_WRITTEN_ID_CHARS,
    ArxivId,
    VersionedId,
    find_arxiv_ids,
    parse_arxiv_id,
)
from app.domain.errors import InvalidArxivIdError
from app.domain.taxonomy_table import OLD_STYLE_ARCHIVES
from tests.unit.growth import assert_linear
from tests.unit.real_data import data_file

TRANSFORMER = VersionedId(ArxivId("1706.03762"))
TRANSFORMER_V5 = VersionedId(ArxivId("1706.03762"), 5)
OLD = VersionedId(ArxivId("hep-th/9901001"))


@st.composite
def new_style_ids(draw: st.DrawFn) -> ArxivId:
    year = draw(st.integers(7, 99))
    month = draw(st.integers(4 if year == 7 else 1, 12))
    width = 5 if year >= 15 else 4
    serial = draw(st.integers(1, 10**width - 1))
    return ArxivId(f"{year:02}{month:02}.{serial:0{width}}")


@st.composite
def old_style_ids(draw: st.DrawFn) -> ArxivId:
    archive = draw(st.sampled_from(sorted(OLD_STYLE_ARCHIVES)))
    months = st.integers(1991 * 12 + 7, 2007 * 12 + 2)  # August 1991 to March 2007
    year, month = divmod(draw(months), 12)
    return ArxivId(f"{archive}/{year % 100:02}{month + 1:02}{draw(st.integers(1, 999)):03}")


arxiv_ids = new_style_ids() | old_style_ids()


@pytest.mark.parametrize(
    "text",
    [
        "1706.03762",
        " 1706.03762\n",
        "1706.3762",
        "arXiv:1706.03762",
        "ARXIV: 1706.03762",
        "arxiv 1706.03762",
        "arXiv.1706.03762",
        "[1706.03762]",
        "“1706.03762”,",
        "(arXiv:1706.03762).",
        "<https://arxiv.org/abs/1706.03762>",
        "https://arxiv.org/abs/1706.03762?context=cs.CL",
        "https://arxiv.org/abs/1706.03762#section-2",
        "http://www.arxiv.org/pdf/1706.03762.pdf",
        "https://export.arxiv.org/ps/1706.03762",
        "https://de.arxiv.org/format/1706.03762",
        "https://arxiv.org/src/1706.03762",
        "https://arxiv.org/e-print/1706.03762",
        "https://arxiv.org/html/1706.03762/x1.png",
        "https://arxiv.org/list/1706.03762",
        "https://arxiv.org/ftp/arxiv/papers/1706/1706.03762.pdf",
        "arxiv.org/abs/1706.03762/",
        "http://xxx.lanl.gov/abs/1706.03762",
        "https://www.alphaxiv.org/abs/1706.03762",
        "https://alphaxiv.org/overview/1706.03762",
        "https://huggingface.co/papers/1706.03762",
        "https://papers.cool/arxiv/1706.03762",
        "https://papers.cool/arxiv/1706.03762/feed",
        "https://ar5iv.org/abs/1706.03762",
        "https://ar5iv.labs.arxiv.org/html/1706.03762",
        "https://scirate.com/arxiv/1706.03762",
        "https://doi.org/10.48550/arXiv.1706.03762",
        "https://dx.doi.org/10.48550/ARXIV.1706.03762",
        "doi:10.48550/arXiv.1706.03762",
        "10.48550/arxiv.1706.03762",
        "oai:arXiv.org:1706.03762",
        "１７０６.０３７６２",
    ],
)
def test_every_written_form_of_a_new_style_id_is_the_same_paper(text: str) -> None:
    assert parse_arxiv_id(text) == TRANSFORMER


@pytest.mark.parametrize(
    "text",
    [
        "1706.03762v5",
        "1706.03762V5",
        "arXiv:1706.03762v5 [cs.CL] 2 Aug 2023",
        "[arXiv:1706.03762v5 [cs.CL]]",
        "https://arxiv.org/pdf/1706.03762v5.pdf",
        "https://arxiv.org/html/1706.03762v5#S3",
        "oai:arXiv.org:1706.03762v5",
    ],
)
def test_a_version_is_handed_over_beside_the_id(text: str) -> None:
    assert parse_arxiv_id(text) == TRANSFORMER_V5
    assert ArxivId.parse(text) == TRANSFORMER.arxiv_id


@pytest.mark.parametrize(
    "text",
    [
        "hep-th/9901001",
        "HEP-TH/9901001",
        "arXiv:hep-th/9901001",
        "https://arxiv.org/abs/hep-th/9901001",
        "https://arxiv.org/abs/hep-th%2F9901001",
        "https://arxiv.org/ftp/hep-th/papers/9901/9901001.pdf",
        "https://xxx.lanl.gov/pdf/hep-th/9901001.pdf",
        "10.48550/arXiv.hep-th/9901001",
        "oai:arXiv.org:hep-th/9901001",
    ],
)
def test_every_written_form_of_an_old_style_id_is_the_same_paper(text: str) -> None:
    assert parse_arxiv_id(text) == OLD


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("math.CA/0611800v2", "math/0611800v2"),
        ("cond-mat.stat-mech/0512345", "cond-mat/0512345"),
        ("alg-geom/9708001", "alg-geom/9708001"),
        ("1406.02661", "1406.2661"),
        ("1406.2661", "1406.2661"),
        ("1501.1234", "1501.01234"),
        ("1412.9999v12", "1412.9999v12"),
    ],
)
def test_subject_class_and_zero_padding_do_not_make_another_paper(
    text: str, canonical: str
) -> None:
    assert str(parse_arxiv_id(text)) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" ([{ ", "empty"),
        ("1713.00001", "no month 13"),
        ("hep-th/9900001", "no month 00"),
        ("0703.0001", "began in April 2007"),
        ("1706.037", "3 digits"),
        ("1706.037620", "6 digits"),
        ("1412.12345", "began in January 2015"),
        ("1706.00000", "begin at 1"),
        ("hep-th/9901000", "begin at 1"),
        ("1706.03762v0", "no version"),
        ("1706.03762v1000", "no version"),
        ("nope-th/9901001", 'no archive "nope-th"'),
        ("econ/0601001", 'no archive "econ"'),
        ("hep-th/990100", "6 digits, not 7"),
        ("hep-th/9107001", "August 1991"),
        ("hep-th/0704001", "March 2007"),
        ("hep-th", "an archive, not a paper"),
        ("9901001", "needs its archive"),
        ("170603762", "a dot is missing"),
        ("10.1103/PhysRevLett.116.061102", "a DOI"),
        ("https://example.com/abs/1706.03762", '"example.com"'),
        ("https://arxiv.org/list/cs.AI/recent", "not followed by a number"),
        ("1706.03762,1810.04805", "more than one id"),
        ("1706.03762 attention is all you need", "follows the number"),
        ("attention is all you need", "there is no number"),
        ("1" * (MAX_WRITTEN_ID_CHARS + 1), "too long"),
    ],
)
def test_what_is_not_an_id_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidArxivIdError) as refusal:
        parse_arxiv_id(text)
    assert reason in str(refusal.value)


@given(arxiv_ids, st.none() | st.integers(1, 999))
def test_text_of_an_id_parses_back_to_it(arxiv_id: ArxivId, version: int | None) -> None:
    versioned = VersionedId(arxiv_id, version)
    suffix = f"v{version}" if version else ""
    for text in (
        str(versioned),
        f"arXiv:{versioned}",
        arxiv_id.abs_url + suffix,
        arxiv_id.pdf_url + suffix,
        arxiv_id.doi + suffix,
        arxiv_id.oai_identifier + suffix,
    ):
        assert parse_arxiv_id(text) == versioned
        assert find_arxiv_ids(f"see {text}, there") == [versioned]


@given(st.text() | st.from_regex(r"[a-z.:/0-9v \[\]%-]{0,40}"))
def test_any_text_gives_an_id_or_the_named_error(text: str) -> None:
    find_arxiv_ids(text)
    try:
        parsed = parse_arxiv_id(text)
    except InvalidArxivIdError:
        return
    assert parse_arxiv_id(str(parsed)) == parsed


@given(new_style_ids(), old_style_ids())
def test_the_sort_key_puts_every_old_style_id_first(new: ArxivId, old: ArxivId) -> None:
    assert old.sort_key < new.sort_key
    assert (new.is_old_style, old.is_old_style) == (False, True)


def test_the_parts_of_an_id_can_be_read() -> None:
    old, new = ArxivId("math/0611800"), ArxivId("1706.03762")
    assert (old.year, old.month, old.yymm, old.archive) == (2006, 11, "0611", "math")
    assert (new.year, new.month, new.yymm, new.archive) == (2017, 6, "1706", "")
    assert ArxivId("hep-th/9901001").year == 1999
    assert new.abs_url == "https://arxiv.org/abs/1706.03762"
    assert old.pdf_url == "https://arxiv.org/pdf/math/0611800"
    assert old.doi == "10.48550/arXiv.math/0611800"
    assert new.oai_identifier == "oai:arXiv.org:1706.03762"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("1706.03762, 1810.04805v2;hep-th/9901001", "1706.03762 1810.04805v2 hep-th/9901001"),
        ("https://papers.cool/arxiv/1706.03762,1810.04805", "1706.03762 1810.04805"),
        ("/api/query?id_list=1706.03762,cs/0112017v1", "1706.03762 cs/0112017v1"),
        ("同类工作1706.03762的结果", "1706.03762"),
        ("1706.03762 and again arXiv:1706.03762", "1706.03762"),
        ("arXiv:1501.1234", "1501.01234"),
        ("1501.1234", ""),
        ("$1012.3456", ""),
        ("2024.12345", ""),
        ("11706.03762 1706.037621 1706.03762.1 x1706.03762 1706.03762x", ""),
        ("version 1706.03762v1234", ""),
        ("archives: cs.LG, foo/9901001, hep-th/9913001", ""),
        ("", ""),
    ],
)
def test_ids_are_found_in_free_text_with_caution(text: str, ids: str) -> None:
    assert [str(each) for each in find_arxiv_ids(text)] == ids.split()


@pytest.mark.parametrize(
    "piece", ["1706.", "a-", "arxiv.org/", "cond-mat.", "9", "v", "/", "abs/ "]
)
def test_time_stays_linear_on_a_megabyte(piece: str) -> None:
    assert_linear(lambda size: find_arxiv_ids(piece * (size // len(piece))), length=1_000_000)
    with pytest.raises(InvalidArxivIdError):
        parse_arxiv_id(piece * 1_000_000)


@pytest.mark.data
def test_every_real_id_is_canonical() -> None:
    with gzip.open(data_file("arxiv/papers-100k.jsonl.gz"), "rt") as lines:
        values = [json.loads(line)["id"] for line in lines]
    assert len(values) == 100_000
    assert [value for value in values if str(parse_arxiv_id(value)) != value] == []
