"""The formats that every list page is also given in."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit


class TwinFormat(StrEnum):
    """A format by its suffix."""

    ATOM = "atom"
    JSON = "json"
    BIBTEX = "bib"
    RIS = "ris"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What one must know of a format.

    Attributes:
        name: as people say it.
        media_type: of the answer, as links announce it.
        is_file: whether it is one file of the whole list, which browsers shall save; else a feed,
            which programs ask for again and again and read in parts.
    """

    name: str
    media_type: str
    is_file: bool = False


FORMATS = {
    TwinFormat.ATOM: FormatFacts("Atom", "application/atom+xml"),
    TwinFormat.JSON: FormatFacts("JSON", "application/feed+json"),
    TwinFormat.BIBTEX: FormatFacts("BibTeX", "application/x-bibtex", is_file=True),
    TwinFormat.RIS: FormatFacts("RIS", "application/x-research-info-systems", is_file=True),
    TwinFormat.CSV: FormatFacts("CSV", "text/csv", is_file=True),
}


@dataclass(frozen=True, slots=True)
class TwinLink:
    """A link from a page to one of its twins."""

    name: str
    media_type: str
    address: str


_OF_PAGES_ONLY = frozenset({"offset", "limit", "cursor", "explain"})
"""Parameters that say how a page shows its list, not which list it is."""


def list_twin_links(address: str) -> list[TwinLink]:
    """The twins of a list page.

    Args:
        address: path and query of the page.

    >>> list_twin_links("/search?q=a&offset=25")[0].address
    '/search.atom?q=a'
    """
    parts = urlsplit(address)
    kept = [each for each in parse_qsl(parts.query) if each[0] not in _OF_PAGES_ONLY]
    query = f"?{urlencode(kept, safe=',')}" if kept else ""
    return [
        TwinLink(facts.name, facts.media_type, f"{parts.path}.{each}{query}")
        for each, facts in FORMATS.items()
    ]
