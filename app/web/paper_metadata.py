"""What a paper's page says to programs: citation tags, Open Graph, JSON-LD, links.

Names and order of the citation tags are those of arXiv's own pages, so that reference managers read
both alike.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from app.domain.paper import Author, Paper
from app.text.journal_reference import find_journal
from app.web.presentation import (
    MAX_ABSTRACT_CHARS,
    MAX_AUTHORS_ON_PAGE,
    MAX_NAME_CHARS,
    MAX_TITLE_CHARS,
    clamp,
    format_citation_date,
    keep_web_address,
    list_doi_addresses,
)

MAX_JSON_AUTHORS = 500
"""Authors in the JSON-LD of a page; the citation tags hold all of them."""

MAX_DESCRIPTION_CHARS = 300

Tag = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PaperMetadata:
    """The same facts in four forms.

    Attributes:
        canonical: the one address of the page.
        citation: names and contents of `meta` elements, in order.
        open_graph: properties and contents of `meta` elements.
        links: relation, address and media type of `link` elements and of the Link header.
        json_ld: the paper as schema.org's ScholarlyArticle, fit to stand in a script element.
    """

    canonical: str
    citation: tuple[Tag, ...]
    open_graph: tuple[Tag, ...]
    links: tuple[tuple[str, str, str], ...]
    json_ld: Markup

    @property
    def link_header(self) -> str:
        """The links as one header (RFC 8288)."""
        return ", ".join(
            f'<{address}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")
            for relation, address, media_type in self.links
        )


def make_paper_metadata(paper: Paper, base: str, keywords: Sequence[str]) -> PaperMetadata:
    """What the page of a paper says to programs.

    Args:
        base: public address of the service, without a slash at the end.
        keywords: the paper's keywords, best first.
    """
    canonical = f"{base}/abs/{paper.arxiv_id}"
    return PaperMetadata(
        canonical=canonical,
        citation=tuple(_list_citation_tags(paper, keywords)),
        open_graph=(
            ("og:type", "article"),
            ("og:site_name", "Papersift"),
            ("og:title", clamp(paper.title, MAX_TITLE_CHARS)),
            ("og:url", canonical),
            ("og:description", clamp(paper.abstract, MAX_DESCRIPTION_CHARS)),
        ),
        links=tuple(_list_links(paper, base, canonical)),
        json_ld=_render_json_ld(paper, canonical, keywords),
    )


def _list_citation_tags(paper: Paper, keywords: Sequence[str]) -> list[Tag]:
    journal = find_journal(paper.journal_ref)
    submitted = format_citation_date(paper.submitted_at, paper.submitted_precision)
    return [
        ("citation_title", clamp(paper.title, MAX_TITLE_CHARS)),
        *(("citation_author", _name(author)) for author in paper.authors[:MAX_AUTHORS_ON_PAGE]),
        *(("citation_doi", doi) for doi, _ in list_doi_addresses(paper.doi)),
        ("citation_date", submitted),
        ("citation_online_date", format_citation_date(paper.updated_at)),
        *([("citation_journal_title", journal.journal)] if journal else []),
        *([("citation_publication_date", str(journal.year))] if journal else []),
        ("citation_pdf_url", paper.arxiv_id.pdf_url),
        ("citation_arxiv_id", str(paper.arxiv_id)),
        *(("citation_keywords", keyword) for keyword in keywords),
        ("citation_abstract", clamp(paper.abstract, MAX_ABSTRACT_CHARS)),
    ]


def _name(author: Author) -> str:
    return clamp(author.sorting_name, MAX_NAME_CHARS)


def _list_links(paper: Paper, base: str, canonical: str) -> list[tuple[str, str, str]]:
    license_url = quote(keep_web_address(paper.license_url), safe=":/?#[]@!$&'()*+,;=%~")
    return [
        ("canonical", canonical, ""),
        ("cite-as", f"https://doi.org/{paper.arxiv_id.doi}", ""),
        ("alternate", f"{base}/api/v1/papers/{paper.arxiv_id}", "application/json"),
        ("alternate", f"{canonical}.atom", "application/atom+xml"),
        ("alternate", f"{canonical}.bib", "application/x-bibtex"),
        ("alternate", f"{canonical}.ris", "application/x-research-info-systems"),
        (
            "alternate",
            f"{base}/cite/{paper.arxiv_id}.csl.json",
            "application/vnd.citationstyles.csl+json",
        ),
        *([("license", license_url, "")] if license_url else []),
    ]


def _render_json_ld(paper: Paper, canonical: str, keywords: Sequence[str]) -> Markup:
    title = clamp(paper.title, MAX_TITLE_CHARS)
    dois = [paper.arxiv_id.doi, *(doi for doi, _ in list_doi_addresses(paper.doi))]
    described = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "name": title,
        "headline": clamp(title, 110),
        "author": [
            {"@type": "Person", "name": clamp(author.name, MAX_NAME_CHARS)}
            for author in paper.authors[:MAX_JSON_AUTHORS]
        ],
        "datePublished": f"{paper.submitted_at:%Y-%m-%d}",
        "dateModified": f"{paper.updated_at:%Y-%m-%d}",
        "abstract": clamp(paper.abstract, MAX_ABSTRACT_CHARS),
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "arXiv", "value": str(paper.arxiv_id)},
            *({"@type": "PropertyValue", "propertyID": "DOI", "value": doi} for doi in dois),
        ],
        "keywords": list(keywords),
        "license": keep_web_address(paper.license_url),
        "sameAs": paper.arxiv_id.abs_url,
        "url": canonical,
        "isAccessibleForFree": True,
    }
    known = {name: value for name, value in described.items() if value not in ("", [])}
    text = json.dumps(known, ensure_ascii=False)
    # No end of the script element, nor a comment, can stand in it.
    harmless = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(harmless)  # noqa: S704 - JSON without a sign of markup
