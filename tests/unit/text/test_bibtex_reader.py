"""Bibliographies are read however badly they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.bibtex import render_bibtex
from app.text.bibtex_reader import BibEntry, read_bibtex
from tests.support.factories import make_paper


def read_one(text: str) -> BibEntry:
    (entry,) = read_bibtex(text)
    return entry


def test_what_we_write_ourselves_is_read_back() -> None:
    paper = make_paper(title="Schrödinger's $k$-nearest {Teapots} & QCD", doi="10.5555/Teapots.1")

    entry = read_one(render_bibtex([paper]))

    assert entry.arxiv_id == paper.arxiv_id
    assert entry.doi == "10.5555/teapots.1"
    assert entry.key.startswith("quillfeather2024")


@pytest.mark.parametrize(
    "field",
    [
        "eprint = {1706.03762}",
        "eprint=1706.03762",
        'EPRINT = "arXiv:1706.03762v5"',
        "journal = {arXiv preprint arXiv:1706.03762}",
        "journal = {CoRR}, volume = {abs/1706.03762}, url = {http://arxiv.org/abs/1706.03762}",
        "doi = {10.48550/arXiv.1706.03762}",
        "note = {see arXiv:1706.03762}",
        "eprint = {nonsense}, url = {https://arxiv.org/pdf/1706.03762v2.pdf}",
    ],
)
def test_identifiers_are_found_wherever_people_write_them(field: str) -> None:
    entry = read_one(f"@article{{key, title = {{T}}, {field}}}")

    assert entry.arxiv_id is not None
    assert entry.arxiv_id.value == "1706.03762"


def test_titles_lose_their_braces_and_accents_their_tex() -> None:
    entry = read_one('@article{k, title = "The {H}ubbard \\"{o}f {Schr\\"odinger}", year = 1999}')

    assert entry.title == "The Hubbard öf Schrödinger"
    assert (entry.arxiv_id, entry.doi) == (None, "")


def test_broken_entries_do_not_take_the_others_along() -> None:
    text = """
    Anything may stand here. @comment{ @article{hidden, } }
    @string{jl = "Journal"} @preamble{"x"}
    @article{open, title = {Never closed
      doi = {10.1000/open},
    }
    @misc{same, title = {One}, title = {Two}}
    @misc{same, title = {Three} }
    @misc{, title = {No key}}
    @book(round, title = {Round brackets})
    @article{nothing, year = 2020}
    @misc{end, title = {The end
    """
    titles = [entry.title for entry in read_bibtex(text)]

    assert titles == [
        "Never closed", "One", "Three", "No key", "Round brackets", "The end",
    ]  # fmt: skip
    assert read_bibtex(text)[0].doi == "10.1000/open"


@given(st.text(alphabet='@{}()"=,\\a1. \n'))
def test_no_text_is_too_broken(text: str) -> None:
    for entry in read_bibtex("@a{" + text):
        assert entry.title or entry.doi or entry.arxiv_id


@pytest.mark.parametrize(
    "piece",
    [
        "a={",
        "\na={",
        "a={},",
        'a="',
        "a",
        "\n",
        " ",
        "@",
        "@a{",
        "@a{b,",
        "@a{b,\nc={",
        "{",
        "=",
        "10.",
    ],
)
def test_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    """Quadratic time would take many minutes here, beyond the time limit of any test."""
    read_bibtex("@a{b," + piece * (500_000 // len(piece)))
