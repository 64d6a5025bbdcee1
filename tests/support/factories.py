"""Invented papers and records with memorable contents. Nothing here exists on arXiv."""

from datetime import UTC, date, datetime
from typing import Any

from app.domain.announcements import Announcement, AnnounceType
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import DeletedRecord, PaperRecord
from app.domain.paper import Author, DatePrecision, Paper, Version

NOON = datetime(2024, 5, 6, 12, 0, 0, tzinfo=UTC)
"""A Monday; the "now" of tests that need no other."""

TEAPOT_ID = "2405.00418"
OTTER_ID = "2405.01234"
COMPASS_ID = "hep-th/9901001"
LIGHTHOUSE_ID = "0704.0042"

ADA = Author("Quillfeather", "Ada")
BRUNO = Author("van der Zand", "Bruno", "Jr.")
CHIYO = Author("Tanabe", "Chiyo")
CORAL = Author("CORAL Collaboration")

_TEAPOT_FIELDS: dict[str, Any] = {
    "title": "Teapots in low Earth orbit: a lower bound",
    "authors": (ADA, BRUNO),
    "abstract": "We count the teapots that orbit the Earth and find at least one.",
    "categories": ("astro-ph.EP", "physics.pop-ph"),
    "submitted_at": datetime(2024, 5, 1, 17, 30, 5, tzinfo=UTC),
    "submitted_precision": DatePrecision.TIME,
    "updated_at": datetime(2024, 5, 1, 17, 30, 5, tzinfo=UTC),
}


def make_id(number: int, *, yymm: str = "2405") -> ArxivId:
    """The id of the `number`th invented paper of a month: 7 -> 2405.00007."""
    return ArxivId.parse(f"{yymm}.{number:05d}")


def make_versions(*days: date) -> tuple[Version, ...]:
    """One version a day, each submitted at 09:15:30 UTC."""
    return tuple(
        Version(number, datetime(day.year, day.month, day.day, 9, 15, 30, tzinfo=UTC), "42kb", "D")
        for number, day in enumerate(days, start=1)
    )


def make_record(arxiv_id: str | ArxivId = TEAPOT_ID, **fields: Any) -> PaperRecord:
    """A living record; `fields` replace those of the paper about teapots."""
    parsed = arxiv_id if isinstance(arxiv_id, ArxivId) else ArxivId.parse(arxiv_id)
    defaults = {**_TEAPOT_FIELDS, "datestamp": date(2024, 5, 2)}
    return PaperRecord(arxiv_id=parsed, **(defaults | fields))


def make_deleted(
    arxiv_id: str | ArxivId = TEAPOT_ID, *, datestamp: date = date(2024, 6, 1)
) -> DeletedRecord:
    """A tombstone."""
    parsed = arxiv_id if isinstance(arxiv_id, ArxivId) else ArxivId.parse(arxiv_id)
    return DeletedRecord(parsed, datestamp)


def make_paper(arxiv_id: str | ArxivId = TEAPOT_ID, **fields: Any) -> Paper:
    """A living paper; `fields` replace those of the paper about teapots."""
    parsed = arxiv_id if isinstance(arxiv_id, ArxivId) else ArxivId.parse(arxiv_id)
    return Paper(arxiv_id=parsed, **(_TEAPOT_FIELDS | {"change_number": 1} | fields))


def make_catalogue() -> list[PaperRecord]:
    """Four records of four fields, three decades and both id schemes."""
    return [
        make_record(),
        make_record(
            OTTER_ID,
            title="Attention is what otters need",
            authors=(CHIYO, ADA),
            abstract="Otters hold hands; we model this with $k$-nearest attention.",
            categories=("cs.CL", "cs.LG", "stat.ML"),
            submitted_at=datetime(2024, 5, 2, 8, 0, 0, tzinfo=UTC),
            updated_at=datetime(2024, 5, 4, 9, 15, 30, tzinfo=UTC),
            version=2,
            versions=make_versions(date(2024, 5, 2), date(2024, 5, 4)),
            comments="12 pages, accepted at the Workshop on Aquatic Computing",
            doi="10.5555/otters.2024",
            license_url="http://creativecommons.org/licenses/by/4.0/",
            datestamp=date(2024, 5, 5),
        ),
        make_record(
            COMPASS_ID,
            title="Schrödinger's compass and the missing pole",
            title_tex="Schr\\\"odinger's compass and the missing pole",
            authors=(BRUNO,),
            abstract="A compass that points nowhere is quantised in $d=11$ dimensions.",
            categories=("hep-th", "math-ph"),
            submitted_at=datetime(1999, 1, 1, 3, 4, 5, tzinfo=UTC),
            updated_at=datetime(1999, 1, 1, 3, 4, 5, tzinfo=UTC),
            journal_ref="J. Imag. Phys. 7 (1999) 123-456",
            report_no="IMAG-99-01",
            datestamp=date(2007, 5, 23),
        ),
        make_record(
            LIGHTHOUSE_ID,
            title="Lighthouse graphs of bounded gloom",
            authors=(CHIYO, BRUNO, CORAL),
            abstract="Every lighthouse graph of gloom at most three is Hamiltonian.",
            categories=("math.CO",),
            submitted_at=datetime(2007, 4, 1, tzinfo=UTC),
            submitted_precision=DatePrecision.MONTH,
            updated_at=datetime(2008, 2, 29, tzinfo=UTC),
            msc_class="05C45",
            comments="Withdrawn: the gloom was unbounded",
            is_withdrawn=True,
            datestamp=date(2008, 3, 1),
        ),
    ]


def make_announcement(
    arxiv_id: str | ArxivId = TEAPOT_ID,
    *,
    announced_on: date = date(2024, 5, 3),
    category: str = "astro-ph.EP",
    announce_type: AnnounceType = AnnounceType.NEW,
    position: int = 0,
    version: int = 1,
) -> Announcement:
    """One line of the ledger."""
    parsed = arxiv_id if isinstance(arxiv_id, ArxivId) else ArxivId.parse(arxiv_id)
    return Announcement(announced_on, category, parsed, version, announce_type, position)
