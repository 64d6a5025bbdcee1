"""Citations, read back by small strict parsers of their formats."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.arxiv_id import ArxivId
from app.domain.paper import Author, DatePrecision, Paper
from app.text.citation import (
    CSV_COLUMNS,
    bibtex_key,
    csv_row,
    make_csl_item,
    render_bibtex,
    render_csv,
    render_plain_citation,
    render_ris,
)

PAPER = Paper(
    arxiv_id=ArxivId("1706.03762"),
    title="Attention Is All You Need",
    authors=(
        Author("Vaswani", "Ashish"),
        Author("van der Berg", "Anna"),
        Author("Di Francesco", "P."),
        Author("Fox", "E.", "Jr."),
        Author("XYZ Collaboration"),
    ),
    abstract="We propose a model.",
    categories=("cs.CL", "cs.LG"),
    submitted_at=datetime(2017, 6, 12, 17, 57, 34, tzinfo=UTC),
    updated_at=datetime(2023, 8, 2, 0, 41, 18, tzinfo=UTC),
    version=7,
    journal_ref="Advances 30 (2017)",
)


def parse_bibtex(text: str) -> dict[str, dict[str, str]]:
    """Entries by key; fails on anything but `@misc{key, name={value}, …}` with balanced braces."""
    entries: dict[str, dict[str, str]] = {}
    position = 0
    while position < len(text.rstrip()):
        head = re.compile(r"\s*@misc\{([a-z0-9]+),\n").match(text, position)
        assert head is not None, text[position : position + 80]
        fields: dict[str, str] = {}
        position = head.end()
        while field := re.compile(r"\s*([A-Za-z]+)=\{").match(text, position):
            depth, end = 1, field.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            assert field[1] not in fields
            fields[field[1]] = text[field.end() : end - 1]
            position = re.compile(r",?[ ]?\n").match(text, end).end()  # type: ignore[union-attr]
        assert text[position] == "}"
        position += 1
        assert head[1] not in entries
        entries[head[1]] = fields
    return entries


def test_bibtex_has_arxivs_shape() -> None:
    assert render_bibtex([PAPER]) == (
        "@misc{vaswani2017attentionneed,\n"
        "      title={Attention Is All You Need}, \n"
        "      author={Ashish Vaswani and Anna van der Berg and P. {Di Francesco}"
        " and Fox, Jr., E. and {XYZ Collaboration}}, \n"
        "      year={2017}, \n"
        "      eprint={1706.03762}, \n"
        "      archivePrefix={arXiv}, \n"
        "      primaryClass={cs.CL}, \n"
        "      url={https://arxiv.org/abs/1706.03762}\n"
        "}\n"
    )


def test_a_publishers_doi_is_named() -> None:
    entry = parse_bibtex(render_bibtex([replace(PAPER, doi="10.1103/Phys_Rev.1")]))
    assert entry["vaswani2017attentionneed"]["doi"] == "10.1103/Phys_Rev.1"


@pytest.mark.parametrize(
    ("title", "family", "key"),
    [
        ("The Power of an Idea: One Two Three Four", "Ørsted", "orsted2017poweridea"),
        ("$\\alpha$-Divergence and GANs", "D'Amico", "damico2017alphadivergencegans"),
        ("深度学习", "王小明", "arxiv2017170603762"),
        ("A B-Spline Method", "de la Cruz", "delacruz2017bsplinemethod"),
    ],
)
def test_keys_are_family_year_and_four_telling_words(title: str, family: str, key: str) -> None:
    paper = replace(PAPER, title=title, authors=(Author(family, "A."),))
    assert bibtex_key(paper).startswith(key)
    assert len(re.findall("one|two|three|four", bibtex_key(paper))) in {0, 2}


def test_a_paper_without_authors_still_has_a_key() -> None:
    assert bibtex_key(replace(PAPER, authors=())) == "arxiv2017attentionneed"


def test_equal_keys_are_told_apart_within_one_file() -> None:
    keys = list(parse_bibtex(render_bibtex([PAPER] * 30)))
    key = "vaswani2017attentionneed"
    assert keys[:3] == [key, f"{key}b", f"{key}c"]
    assert keys[25:28] == [f"{key}z", f"{key}aa", f"{key}ab"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("BERT and mRNA for Text", "{BERT} and {mRNA} for Text"),
        ("Learning of $\\alpha$-stable laws", "Learning of {$\\alpha$}-stable laws"),
        (
            "On the role of Bayesian priors in deep nets",
            "On the role of {Bayesian} priors in deep nets",
        ),
        ("On Bayesian Priors", "On Bayesian Priors"),
        ("{GAN}s at 5% & more_or #1", "{GAN}s at 5\\% \\& more\\_or \\#1"),
        ("Cost: $5", "Cost: \\$5"),
        ("unbalanced } brace {", "unbalanced  brace "),
        ("a \\emph{B} c\\", "a \\emph{B} c\\textbackslash "),
        ("two\n lines", "two lines"),
    ],
)
def test_titles_protect_capitals_and_escape_special_characters(title: str, expected: str) -> None:
    (entry,) = parse_bibtex(render_bibtex([replace(PAPER, title=title)])).values()
    assert entry["title"] == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        (Author("Azevedo", "G. de M."), "Azevedo, G. de M."),
        (Author("de la Cruz", "A."), "A. de la Cruz"),
        (Author("Van der Linden", "Tim"), "Tim {Van der Linden}"),
        (Author("van Gogh"), "{van Gogh}"),
        (Author("Madhuresh"), "Madhuresh"),
        (Author("Smith and Jones Group"), "{Smith and Jones Group}"),
        (Author("O}dd", "A. {"), "A.  Odd"),
    ],
)
def test_bibtex_divides_each_name_as_the_metadata_does(author: Author, expected: str) -> None:
    (entry,) = parse_bibtex(render_bibtex([replace(PAPER, authors=(author,))])).values()
    assert entry["author"] == expected


hostile = st.text(max_size=30) | st.lists(
    st.sampled_from([*"{}\\$&%#_@,= \n", "and", "Word", "\\alpha"]), max_size=12
).map("".join)


@given(hostile, hostile, hostile)
def test_bibtex_can_be_read_back_whatever_the_metadata_holds(
    title: str, family: str, given_name: str
) -> None:
    authors = (Author(family, given_name), Author("Last", "B."))
    text = render_bibtex([replace(PAPER, title=title, authors=authors, doi=title)] * 2)
    entries = parse_bibtex(text)
    assert len(entries) == 2
    for entry in entries.values():
        assert entry["eprint"] == "1706.03762"
        assert entry["author"].endswith("B. Last")


def parse_ris(text: str) -> list[list[tuple[str, str]]]:
    records: list[list[tuple[str, str]]] = []
    assert text.endswith("\r\n")
    for line in text.removesuffix("\r\n").split("\r\n"):
        match = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert match is not None, line
        if match[1] == "TY":
            records.append([])
        records[-1].append((match[1], match[2]))
    assert all(record[-1] == ("ER", "") for record in records)
    return records


def test_ris_names_authors_in_order_and_all_facts() -> None:
    (record,) = parse_ris(render_ris([PAPER]))
    assert record[0] == ("TY", "GEN")
    assert [value for tag, value in record if tag == "AU"] == [
        "Vaswani, Ashish",
        "van der Berg, Anna",
        "Di Francesco, P.",
        "Fox, E., Jr.",
        "XYZ Collaboration",
    ]
    facts = dict(record)
    assert facts["TI"] == "Attention Is All You Need"
    assert facts["PY"] == "2017"
    assert facts["DA"] == "2017/06/12/"
    assert facts["DO"] == "10.48550/arXiv.1706.03762"
    assert facts["UR"] == "https://arxiv.org/abs/1706.03762"
    assert [value for tag, value in record if tag == "KW"] == ["cs.CL", "cs.LG"]


def test_a_day_that_is_not_known_is_not_invented() -> None:
    paper = replace(PAPER, submitted_precision=DatePrecision.MONTH)
    assert dict(parse_ris(render_ris([paper]))[0])["DA"] == "2017/06//"
    assert make_csl_item(paper)["issued"] == {"date-parts": [[2017, 6]]}
    assert csv_row(paper)[CSV_COLUMNS.index("submitted")] == "2017-06"


@given(st.text(), st.text())
def test_ris_has_one_line_a_field_whatever_the_metadata_holds(title: str, abstract: str) -> None:
    records = parse_ris(render_ris([replace(PAPER, title=title, abstract=abstract)] * 2))
    assert len(records) == 2


def test_csl_has_the_form_that_citation_processors_read() -> None:
    assert make_csl_item(PAPER) == {
        "id": "arXiv:1706.03762",
        "type": "article",
        "title": "Attention Is All You Need",
        "author": [
            {"family": "Vaswani", "given": "Ashish"},
            {"family": "van der Berg", "given": "Anna"},
            {"family": "Di Francesco", "given": "P."},
            {"family": "Fox", "given": "E.", "suffix": "Jr."},
            {"literal": "XYZ Collaboration"},
        ],
        "issued": {"date-parts": [[2017, 6, 12]]},
        "abstract": "We propose a model.",
        "number": "arXiv:1706.03762",
        "publisher": "arXiv",
        "DOI": "10.48550/arXiv.1706.03762",
        "URL": "https://arxiv.org/abs/1706.03762",
        "note": "Advances 30 (2017)",
    }


@given(hostile, hostile)
def test_csv_reads_back_and_runs_no_formula(title: str, comments: str) -> None:
    paper = replace(PAPER, title=title, comments=comments)
    text = render_csv([paper, PAPER])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == list(CSV_COLUMNS)
    assert rows[1:] == [csv_row(paper), csv_row(PAPER)]
    assert all(value[:1] not in {"=", "+", "-", "@"} for row in rows for value in row)


def test_csv_can_begin_with_a_byte_order_mark() -> None:
    assert render_csv([PAPER], with_bom=True) == "\ufeff" + render_csv([PAPER])
    assert csv_row(replace(PAPER, title="=1+1"))[2] == "'=1+1"


def test_a_plain_citation_is_one_line_with_initials() -> None:
    assert render_plain_citation(PAPER) == (
        "Vaswani, A., van der Berg, A., Di Francesco, P., Fox, E., Jr., XYZ Collaboration (2017). "
        "Attention Is All You Need. Advances 30 (2017). arXiv:1706.03762"
    )
    crowd = replace(PAPER, authors=(Author("Last", "A."),) * 11, journal_ref="")
    assert "et al. (2017)" in render_plain_citation(crowd)
    assert render_plain_citation(crowd).count("Last") == 10


def test_no_papers_give_empty_files() -> None:
    assert render_bibtex([]) == ""
    assert render_ris([]) == ""
    assert render_csv([]).count("\r\n") == 1
