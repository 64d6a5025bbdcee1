"""Which fields a Whoosh index has, and how a document fills them.

Only the identifier is kept as text, in a column; titles and abstracts live in the database.
Dates are columns of seconds since 1970 (announcements: of days), categories a column of codes,
yes-or-no facts a column of bits.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, ID, KEYWORD, TEXT, Schema

from app.domain.query import PaperFlag
from app.search.documents import IndexDocument
from app.search.whoosh.analyzer import FormAnalyzer, NameAnalyzer, ProseAnalyzer, ReferenceAnalyzer
from app.text.author_search import mark_authors

ARXIV_ID = "arxiv_id"
BARE_IDS = "bare_ids"
"""The number of an identifier of the old scheme without its archive."""
TITLE = "title"
TITLE_FORMS = "title_forms"
"""The words of the title that are not their own index term; see `FormAnalyzer`."""
ABSTRACT = "abstract"
AUTHORS = "authors"
AUTHOR_NAMES = "author_names"
"""The names as they are shown, which are counted; `authors` holds the words that are searched."""
CATEGORIES = "categories"
COMMENTS = "comments"
JOURNAL_REF = "journal_ref"
DOI = "doi"
REPORT_NO = "report_no"
SUBMITTED = "submitted"
UPDATED = "updated"
ANNOUNCED = "announced"
FLAGS = "flags"

MAX_SECONDS = 2**32 - 1
"""Largest date a column holds (February 2106), seconds since 1970."""

MAX_DAYS = 2**16 - 1
"""Largest day a column holds (June 2149), days since 1970."""

_EPOCH = date(1970, 1, 1)
_FLAG_BITS = {flag: place for place, flag in enumerate(PaperFlag)}


class NameColumnField(COLUMN):  # type: ignore[misc]  # Whoosh has no types
    """Names, one to a line, kept by document and not indexed."""

    def to_bytes(self, v: str) -> bytes:
        """What the column holds."""
        return v.encode("utf-8")


class WordFormField(TEXT):  # type: ignore[misc]  # Whoosh has no types
    """How words of titles are written; never scored by itself, so lengths are not kept."""

    scorable = False

    def __init__(self) -> None:
        super().__init__(analyzer=FormAnalyzer(), phrase=False)


def make_schema() -> Schema:
    """The fields of every index of this version.

    Text fields have positions, for phrases. Raise `app.search.documents.SCHEMA_VERSION` with
    every change here or in the analysis.
    """
    return Schema(
        **{
            ARXIV_ID: ID(unique=True, sortable=True),
            BARE_IDS: KEYWORD(),
            TITLE: TEXT(analyzer=ProseAnalyzer()),
            TITLE_FORMS: WordFormField(),
            ABSTRACT: TEXT(analyzer=ProseAnalyzer()),
            AUTHORS: TEXT(analyzer=NameAnalyzer()),
            CATEGORIES: KEYWORD(sortable=True),
            COMMENTS: TEXT(analyzer=ProseAnalyzer()),
            JOURNAL_REF: TEXT(analyzer=ReferenceAnalyzer()),
            DOI: KEYWORD(),
            REPORT_NO: TEXT(analyzer=ReferenceAnalyzer()),
            AUTHOR_NAMES: NameColumnField(),
            SUBMITTED: COLUMN(NumericColumn("I")),
            UPDATED: COLUMN(NumericColumn("I")),
            ANNOUNCED: COLUMN(NumericColumn("H")),
            FLAGS: COLUMN(NumericColumn("B")),
        }
    )


def make_fields(document: IndexDocument) -> dict[str, object]:
    """The values of a document by field name, empty ones left out."""
    values: dict[str, object] = {
        ARXIV_ID: document.arxiv_id.value,
        SUBMITTED: encode_moment(document.submitted_at),
        UPDATED: encode_moment(document.updated_at),
        ANNOUNCED: encode_day(document.announced_on),
        FLAGS: encode_flags(document.flags),
    }
    texts = (
        (BARE_IDS, find_bare_number(document.arxiv_id.value)),
        (TITLE, document.title),
        (TITLE_FORMS, document.title),
        (ABSTRACT, document.abstract),
        (AUTHORS, mark_authors(document.authors)),
        (AUTHOR_NAMES, "\n".join(document.authors)),
        (CATEGORIES, " ".join(document.categories)),
        (COMMENTS, document.comments),
        (JOURNAL_REF, document.journal_ref),
        (DOI, normalize_doi(document.doi)),
        (REPORT_NO, document.report_no),
    )
    return values | {name: text for name, text in texts if text}


def find_bare_number(arxiv_id: str) -> str:
    """The number of an old identifier without its archive; nothing of a new one.

    >>> find_bare_number("hep-th/9901001"), find_bare_number("2101.00001")
    ('9901001', '')
    """
    archive, _, number = arxiv_id.rpartition("/")
    return number if archive else ""


def normalize_doi(text: str) -> str:
    """A DOI in lower case without resolver or label; DOIs do not know letter case.

    >>> normalize_doi("https://doi.org/10.1103/PhysRevD.1")
    '10.1103/physrevd.1'
    """
    lowered = text.strip().lower()
    start = lowered.find("10.")
    return lowered[start:] if start > 0 else lowered


def encode_moment(moment: datetime) -> int:
    """Seconds since 1970, UTC, held within what a column can hold."""
    return min(max(int(moment.timestamp()), 0), MAX_SECONDS)


def encode_day(day: date | None) -> int:
    """Days since 1970, held within what a column can hold; 0 for no day."""
    return 0 if day is None else min(max((day - _EPOCH).days, 1), MAX_DAYS)


def encode_flags(flags: Iterable[PaperFlag]) -> int:
    """One bit for each flag.

    >>> encode_flags([PaperFlag.HAS_CODE, PaperFlag.HAS_JOURNAL])
    5
    """
    bits = 0
    for flag in flags:
        bits |= 1 << _FLAG_BITS[flag]
    return bits


def encode_day_range(first: date | None, last: date | None) -> tuple[int, int]:
    """First and last second (both included) of a range of UTC days; None leaves a side open."""
    begin = encode_moment(_start_of(first)) if first is not None else 0
    if last is None or last == date.max:
        return begin, MAX_SECONDS
    return begin, encode_moment(_start_of(last + timedelta(days=1))) - 1


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
