"""Citations of papers: BibTeX (from `app.text.bibtex`), RIS, CSL-JSON, CSV and plain text.

Authors keep the order of the metadata everywhere. The year is that of version 1. Abstracts, titles
and names stay Unicode (UTF-8); TeX formulas stay TeX, protecting braces stay in BibTeX only.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from app.domain.paper import Author, DatePrecision, Paper
from app.text.bibtex import bibtex_key, render_bibtex
from app.text.names import make_initials
from app.text.tex import collapse_whitespace, strip_tex_braces

__all__ = [
    "CSV_COLUMNS",
    "bibtex_key",
    "csv_row",
    "make_csl_item",
    "render_bibtex",
    "render_csv",
    "render_plain_citation",
    "render_ris",
]

CSV_COLUMNS = (
    "arxiv_id",
    "version",
    "title",
    "authors",
    "categories",
    "submitted",
    "updated",
    "doi",
    "journal_ref",
    "comments",
    "url",
    "abstract",
)


_RUN_BY_SPREADSHEETS = frozenset("=+-@\t\r\n＝＋－＠")
"""What a cell that is a formula begins with; the empty text is none."""


def render_ris(papers: Iterable[Paper]) -> str:
    """One RIS record a paper, type GEN (RIS has none for preprints), lines ended by CR LF."""
    return "".join(f"{tag}  - {value}\r\n" for paper in papers for tag, value in _ris_fields(paper))


def _ris_fields(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "TY", "GEN"
    yield "TI", _one_line(paper.title)
    for author in paper.authors:
        yield "AU", _one_line(author.sorting_name)
    yield "PY", str(paper.submitted_at.year)
    yield "DA", _ris_date(paper)
    if paper.abstract:
        yield "AB", _one_line(paper.abstract)
    for category in paper.categories:
        yield "KW", category
    yield "DO", _one_line(paper.doi) or paper.arxiv_id.doi
    if paper.journal_ref:
        yield "N1", _one_line(paper.journal_ref)
    yield "PB", "arXiv"
    yield "AN", f"arXiv:{paper.arxiv_id}"
    yield "UR", paper.arxiv_id.abs_url
    yield "L1", paper.arxiv_id.pdf_url
    yield "ER", ""


def _ris_date(paper: Paper) -> str:
    parts = _date_parts(paper)
    day = f"{parts[2]:02}" if len(parts) == 3 else ""
    return f"{parts[0]:04}/{parts[1]:02}/{day}/"


def _date_parts(paper: Paper) -> list[int]:
    """Year, month and, where it is known, day of version 1."""
    submitted = paper.submitted_at
    parts = [submitted.year, submitted.month, submitted.day]
    return parts[:2] if paper.submitted_precision is DatePrecision.MONTH else parts


def _one_line(text: str) -> str:
    return strip_tex_braces(collapse_whitespace(text))


def make_csl_item(paper: Paper) -> dict[str, object]:
    """The paper as one item of CSL-JSON 1.0.2, where a preprint has the type "article"."""
    item: dict[str, object] = {
        "id": f"arXiv:{paper.arxiv_id}",
        "type": "article",
        "title": _one_line(paper.title),
        "author": [_csl_name(author) for author in paper.authors],
        "issued": {"date-parts": [_date_parts(paper)]},
        "abstract": _one_line(paper.abstract),
        "number": f"arXiv:{paper.arxiv_id}",
        "publisher": "arXiv",
        "DOI": paper.doi or paper.arxiv_id.doi,
        "URL": paper.arxiv_id.abs_url,
        "note": _one_line(paper.journal_ref),
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(author: Author) -> dict[str, str]:
    if not author.given:
        return {"literal": author.name}
    name = {"family": author.family, "given": author.given}
    return name | {"suffix": author.suffix} if author.suffix else name


def csv_row(paper: Paper) -> list[str]:
    """The values of `CSV_COLUMNS`; authors are separated by "; ", categories by blanks.

    A spreadsheet would run a value that begins with `=`, `+`, `-`, `@` or a tab, full-width
    forms included: it gets an apostrophe.
    """
    values = [
        paper.arxiv_id.value,
        str(paper.version),
        _one_line(paper.title),
        "; ".join(author.sorting_name for author in paper.authors),
        " ".join(paper.categories),
        "-".join(f"{part:02}" for part in _date_parts(paper)),
        paper.updated_at.date().isoformat(),
        _one_line(paper.doi),
        _one_line(paper.journal_ref),
        _one_line(paper.comments),
        paper.arxiv_id.abs_url,
        _one_line(paper.abstract),
    ]
    return [f"'{value}" if value[:1] in _RUN_BY_SPREADSHEETS else value for value in values]


def render_csv(papers: Iterable[Paper], *, with_bom: bool = False) -> str:
    """A header and one line a paper (RFC 4180, CR LF); `with_bom` for spreadsheets that ask it."""
    output = io.StringIO(newline="")
    if with_bom:
        output.write("\ufeff")
    writer = csv.writer(output)
    writer.writerow(CSV_COLUMNS)
    writer.writerows(csv_row(paper) for paper in papers)
    return output.getvalue()


MAX_PLAIN_AUTHORS = 10
"""Authors named in a plain citation before "et al."."""


def render_plain_citation(paper: Paper) -> str:
    """One line for people, like "Last, F., Other, O. (2017). Title. arXiv:1706.03762"."""
    names = [_plain_name(author) for author in paper.authors[:MAX_PLAIN_AUTHORS]]
    if len(paper.authors) > MAX_PLAIN_AUTHORS:
        names.append("et al.")
    title = _one_line(paper.title).rstrip(".")
    journal = f" {_one_line(paper.journal_ref).rstrip('.')}." if paper.journal_ref else ""
    authors = f"{', '.join(names)} " if names else ""
    return f"{authors}({paper.submitted_at.year}). {title}.{journal} arXiv:{paper.arxiv_id}"


def _plain_name(author: Author) -> str:
    parts = (author.family, make_initials(author.given), author.suffix)
    return ", ".join(part for part in parts if part)
