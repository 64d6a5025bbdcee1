"""Metadata as a source spells it, made into a `PaperRecord`: one way for every source.

The snapshot file and OAI-PMH's `arXivRaw` carry the same raw TeX text; `arXiv` answers carry
Unicode and split authors but no version history. What each does not know is worked out here.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord
from app.domain.paper import Author, DatePrecision, Version
from app.text.names import parse_author_list
from app.text.tex import collapse_whitespace, decode_tex_accents

WITHDRAWN_SOURCE_TYPE = "I"
"""arXiv's source type "inactive": this version withdraws the paper."""

_WITHDRAWN_COMMENT = re.compile(
    r"\b(?:(?:this|the) (?:paper|article|submission|manuscript|preprint|work) (?:has been|is|was)"
    r" (?:being )?withdrawn|^\W*withdrawn\b)",
    re.IGNORECASE,
)
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")
_VERSION_DATE = re.compile(
    r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT"
)
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}


@dataclass(frozen=True, slots=True)
class RawMetadata:
    """One paper as its source spells it; empty or None where the source is silent.

    Attributes:
        authors: the author line as one string.
        authors_split: the same authors already split by the source; may be empty.
        categories: codes separated by blanks, primary first.
        versions: oldest first.
        current_version: number of the current version, where `versions` is empty.
        created_on: a day that may be version 1's or the current version's (arXiv changed its
            mind; see `make_paper_record`).
        updated_on: day of the last modification.
    """

    arxiv_id: ArxivId
    title: str
    authors: str
    abstract: str
    categories: str
    authors_split: tuple[Author, ...] = ()
    versions: tuple[Version, ...] = ()
    current_version: int = 1
    created_on: date | None = None
    updated_on: date | None = None
    datestamp: date | None = None
    comments: str = ""
    journal_ref: str = ""
    doi: str = ""
    report_no: str = ""
    msc_class: str = ""
    acm_class: str = ""
    license_url: str = ""
    submitter: str = ""
    abstract_source: str = ""


def make_paper_record(raw: RawMetadata) -> PaperRecord:
    """The record of one living paper.

    Dates: version 1's and the current version's date where the version history is known. Without
    it `created_on` is version 1's day if it falls into the month of the identifier; otherwise it
    belongs to a later version and only the identifier's month is known.

    Raises:
        ValueError: the paper has no title or no category; the message says which.
    """
    title_tex, abstract_tex = _make_line(raw.title), _make_line(raw.abstract)
    title, abstract = decode_tex_accents(title_tex), decode_tex_accents(abstract_tex)
    if not title:
        raise ValueError(f"{raw.arxiv_id}: the title is empty")
    categories = tuple(dict.fromkeys(raw.categories.split())) or _find_archive(raw.arxiv_id)
    if not categories:
        raise ValueError(f"{raw.arxiv_id}: the categories are empty")
    authors = _split_authors(raw)
    submitted_at, precision = _find_submission(raw)
    comments = _clean(raw.comments)
    newest = raw.versions[-1] if raw.versions else None
    return PaperRecord(
        arxiv_id=raw.arxiv_id,
        title=title,
        authors=authors,
        abstract=abstract,
        categories=categories,
        submitted_at=submitted_at,
        submitted_precision=precision,
        updated_at=newest.submitted_at if newest else _find_update(raw, submitted_at),
        version=newest.number if newest else raw.current_version,
        versions=raw.versions,
        comments=comments,
        journal_ref=_clean(raw.journal_ref),
        doi=_make_line(raw.doi),
        report_no=_clean(raw.report_no),
        msc_class=_clean(raw.msc_class),
        acm_class=_clean(raw.acm_class),
        license_url=_make_line(raw.license_url),
        submitter=_clean(raw.submitter),
        is_withdrawn=_is_withdrawn(newest, comments),
        title_tex=None if title_tex == title else title_tex,
        authors_tex=_keep_author_line(raw.authors, authors),
        abstract_tex=None if abstract_tex == abstract else abstract_tex,
        abstract_source=_make_line(raw.abstract_source),
        datestamp=raw.datestamp,
    )


def parse_version_date(text: str) -> datetime:
    """The moment of a version, e.g. "Mon, 2 Apr 2007 19:18:42 GMT", UTC.

    Raises:
        ValueError: the text is not such a date.

    >>> parse_version_date("Mon, 2 Apr 2007 19:18:42 GMT").isoformat()
    '2007-04-02T19:18:42+00:00'
    """
    match = _VERSION_DATE.fullmatch(text.strip())
    if match is None:
        return _parse_rare_date(text.strip())
    day, month, year, hour, minute, second = match.groups()
    return datetime(
        int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC
    )


def _parse_rare_date(text: str) -> datetime:
    """Other spellings, slow to read: ISO 8601 (without a zone: UTC) and any of RFC 2822."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _clean(text: str) -> str:
    return decode_tex_accents(_make_line(text)) if text else ""


def _make_line(text: str) -> str:
    """`text` on one line and without control characters, which no database stores alike."""
    line = collapse_whitespace(text)
    return line if line.isprintable() else _CONTROL_CHARACTERS.sub("", line)


def _find_archive(arxiv_id: ArxivId) -> tuple[str, ...]:
    """The archive that an old-style identifier names, for sources that lost the categories."""
    archive, slash, _ = arxiv_id.value.partition("/")
    return (archive,) if slash else ()


def _keep_author_line(line: str, authors: tuple[Author, ...]) -> str | None:
    """The source's author line, or None where the names joined by commas are the same text."""
    original = _make_line(line)
    joined = ", ".join([author.name for author in authors])
    return None if original == joined else original or None


def _split_authors(raw: RawMetadata) -> tuple[Author, ...]:
    if not raw.authors_split:
        return parse_author_list(_make_line(raw.authors))
    return tuple(
        Author(_clean(author.family), _clean(author.given), _clean(author.suffix))
        for author in raw.authors_split
    )


def _find_submission(raw: RawMetadata) -> tuple[datetime, DatePrecision]:
    if raw.versions and raw.versions[0].number == 1:
        return raw.versions[0].submitted_at, DatePrecision.TIME
    year, month = raw.arxiv_id.year, raw.arxiv_id.month
    created = raw.created_on
    # Submissions of a month's last days may be numbered in the next month, never the reverse.
    if created is not None and (created.year, created.month) == (year, month):
        return _at_midnight(created), DatePrecision.DAY
    if raw.current_version == 1 and created is not None and _is_month_before(created, year, month):
        return _at_midnight(created), DatePrecision.DAY
    return datetime(year, month, 1, tzinfo=UTC), DatePrecision.MONTH


def _is_month_before(day: date, year: int, month: int) -> bool:
    return (year * 12 + month) - (day.year * 12 + day.month) == 1


def _find_update(raw: RawMetadata, submitted_at: datetime) -> datetime:
    days = [day for day in (raw.created_on, raw.updated_on) if day is not None]
    return max([submitted_at, *map(_at_midnight, days)])


def _at_midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _is_withdrawn(newest: Version | None, comments: str) -> bool:
    if newest is not None and newest.source_type == WITHDRAWN_SOURCE_TYPE:
        return True
    return _WITHDRAWN_COMMENT.search(comments) is not None
