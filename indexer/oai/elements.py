"""What the readers of all metadata formats share: namespaces, headers, texts of elements."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from app.domain.arxiv_id import ArxivId
from app.domain.errors import InvalidArxivIdError

OAI = "{http://www.openarchives.org/OAI/2.0/}"
"""Namespace of the protocol's own elements, ready to stand before a name."""

_HEADER = f"{OAI}header"
_IDENTIFIER = f"{OAI}identifier"
_DATESTAMP = f"{OAI}datestamp"


class UnusableRecordError(ValueError):
    """A record that holds no usable paper; the message is the reason, one clause."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a record's metadata.

    Attributes:
        datestamp: the server's day of the record's last modification.
    """

    arxiv_id: ArxivId
    datestamp: date
    is_deleted: bool


def read_header(record: etree._Element) -> Header:
    """The header of a record.

    Raises:
        UnusableRecordError: there is none, or its identifier or datestamp cannot be read.
    """
    header = find_child(record, _HEADER)
    if header is None:
        raise UnusableRecordError("it has no header")
    return Header(
        parse_identifier(_get_child_text(header, _IDENTIFIER)),
        parse_datestamp(_get_child_text(header, _DATESTAMP)),
        header.get("status") == "deleted",
    )


def find_identifier(record: etree._Element) -> str:
    """The identifier as written in a record's header; "" when there is none."""
    return (record.findtext(f"{_HEADER}/{_IDENTIFIER}") or "").strip()


def parse_identifier(text: str) -> ArxivId:
    """The id of an OAI identifier or of an `<id>` element.

    Raises:
        UnusableRecordError: it is not an arXiv id.
    """
    try:
        return ArxivId.parse(text.removeprefix("oai:arXiv.org:"))
    except InvalidArxivIdError as error:
        raise UnusableRecordError(str(error)) from error


def parse_datestamp(text: str) -> date:
    """A day, with or without the time of day.

    Raises:
        UnusableRecordError: it is not a date.

    >>> parse_datestamp("2026-11-20T03:08:42Z")
    datetime.date(2026, 11, 20)
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise UnusableRecordError(f'its date "{text[:40]}" is not a day') from None


def find_child(parent: etree._Element, tag: str) -> etree._Element | None:
    """The first child of this name, or None; four times as fast as `parent.find`."""
    return next(parent.iterchildren(tag), None)


def _get_child_text(parent: etree._Element, tag: str) -> str:
    child = find_child(parent, tag)
    return "" if child is None else (child.text or "").strip()


def collect_texts(parent: etree._Element) -> dict[str, str]:
    """The texts of an element's children by qualified name; "" for those that hold elements.

    Of children with one name the last counts; those that may repeat (version, author) are read
    apart.
    """
    # Tags are texts here: comments and instructions were left out when the XML was read.
    return {child.tag: child.text or "" for child in parent}  # type: ignore[misc]


def check_same_id(header: Header, text: str) -> None:
    """Make sure that header and metadata speak of one paper.

    Raises:
        UnusableRecordError: they do not.
    """
    if text.strip() != header.arxiv_id.value and parse_identifier(text) != header.arxiv_id:
        raise UnusableRecordError(f'its metadata are those of "{text.strip()[:60]}"')
