"""Every table. Migrations make them; a test holds the two together.

Text that a source leaves out is empty, not NULL; NULL says "unknown" where empty would lie.
Nothing here has a server default: one place, the code, decides every value.
"""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.db.types import UtcDateTime, make_arxiv_id_type, make_row_id_type
from app.domain.announcements import AnnounceType
from app.domain.jobs import JobKind, JobStatus
from app.domain.paper import DatePrecision

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, the same on both databases, so that a migration can drop it."""

CONTENT_HASH_BYTES = 16

metadata = MetaData(naming_convention=NAMING_CONVENTION)


def _is_one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


papers = Table(
    "papers",
    metadata,
    # Short columns come first: SQLite reads a day's list or a batch's states without touching
    # the pages that long abstracts overflow into.
    Column("arxiv_id", make_arxiv_id_type(), nullable=False),
    Column("change_number", BigInteger, nullable=False),
    Column("deleted_at", UtcDateTime),
    Column("datestamp", Date),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("content_hash", LargeBinary(CONTENT_HASH_BYTES), nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("submitted_precision", String(8), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_withdrawn", Boolean(create_constraint=True, name="is_withdrawn"), nullable=False),
    Column("categories", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("authors", Text, nullable=False),
    Column("comments", Text, nullable=False),
    Column("journal_ref", Text, nullable=False),
    Column("doi", Text, nullable=False),
    Column("report_no", Text, nullable=False),
    Column("msc_class", Text, nullable=False),
    Column("acm_class", Text, nullable=False),
    Column("license_url", Text, nullable=False),
    Column("submitter", Text, nullable=False),
    Column("abstract_source", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("title_tex", Text),
    Column("authors_tex", Text),
    Column("abstract_tex", Text),
    PrimaryKeyConstraint("arxiv_id"),
    UniqueConstraint("change_number"),
    CheckConstraint("change_number >= 1", name="change_number_positive"),
    CheckConstraint("version >= 1", name="version_positive"),
    CheckConstraint("categories <> ''", name="categories_given"),
    CheckConstraint(f"length(content_hash) = {CONTENT_HASH_BYTES}", name="content_hash_length"),
    _is_one_of("submitted_precision", DatePrecision),
    # Serves day lists and the walk from the oldest paper to the newest.
    Index(None, "submitted_at", "arxiv_id"),
)
"""The current state of every paper, tombstones included.

`categories` is separated by blanks, primary first. `authors` and `versions` are compact JSON
arrays (`app.db.paper_rows`). `content_hash` covers all that a source tells except `datestamp`.
"""

paper_history = Table(
    "paper_history",
    metadata,
    Column("arxiv_id", make_arxiv_id_type(), ForeignKey("papers.arxiv_id"), nullable=False),
    Column("change_number", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("datestamp", Date),
    Column("superseded_at", UtcDateTime, nullable=False),
    Column("title", Text, nullable=False),
    Column("authors", Text, nullable=False),
    Column("comments", Text, nullable=False),
    Column("abstract", Text, nullable=False),
    Column("title_tex", Text),
    Column("authors_tex", Text),
    Column("abstract_tex", Text),
    PrimaryKeyConstraint("arxiv_id", "change_number"),
    CheckConstraint("version >= 1", name="version_positive"),
)
"""Superseded titles, authors, abstracts and comments, under the change that had brought them."""

change_counter = Table(
    "change_counter",
    metadata,
    Column("counter_id", Integer, nullable=False, autoincrement=False),
    Column("last_number", BigInteger, nullable=False),
    Column("living_papers", BigInteger, nullable=False),
    PrimaryKeyConstraint("counter_id"),
    CheckConstraint("counter_id = 1", name="one_row"),
    CheckConstraint("last_number >= 0", name="last_number_counts"),
    CheckConstraint("living_papers >= 0", name="living_papers_counts"),
)
"""One row: the last number of the change sequence, and how many papers are no tombstones."""

harvest_cursors = Table(
    "harvest_cursors",
    metadata,
    Column("cursor_key", String(200), nullable=False),
    Column("next_from", Date),
    Column("window_from", Date),
    Column("resumption_token", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("response_date", UtcDateTime),
    PrimaryKeyConstraint("cursor_key"),
    CheckConstraint("pages >= 0", name="pages_count"),
)
"""Where the harvest of each format and set stands."""

runs = Table(
    "runs",
    metadata,
    Column("run_id", make_row_id_type(), nullable=False),
    Column("stage", String(32), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("succeeded", Boolean(create_constraint=True, name="succeeded"), nullable=False),
    Column("message", Text, nullable=False),
    Column("details", Text, nullable=False),
    PrimaryKeyConstraint("run_id"),
    CheckConstraint("stage <> ''", name="stage_given"),
    Index(None, "stage", "run_id"),
)
"""The report of every stage's run; `details` is a JSON object."""

import_checkpoints = Table(
    "import_checkpoints",
    metadata,
    Column("fingerprint", String(200), nullable=False),
    Column("lines", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    PrimaryKeyConstraint("fingerprint"),
    CheckConstraint("lines >= 0 AND bytes >= 0", name="position_counts"),
    CheckConstraint("accepted >= 0 AND rejected >= 0", name="records_count"),
)
"""How far the import of each snapshot file came."""

announcements = Table(
    "announcements",
    metadata,
    Column("announced_on", Date, nullable=False),
    Column("category", String(32), nullable=False),
    Column("arxiv_id", make_arxiv_id_type(), nullable=False),
    Column("version", Integer, nullable=False),
    Column("announce_type", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("announced_on", "category", "arxiv_id"),
    Index(None, "arxiv_id"),
    CheckConstraint("version >= 1", name="version_positive"),
    CheckConstraint("position >= 0", name="position_counts"),
    _is_one_of("announce_type", AnnounceType),
)
"""The ledger. No key to `papers`: a list may name what has not been harvested yet."""

receipts = Table(
    "receipts",
    metadata,
    Column("announced_on", Date, nullable=False),
    Column("category", String(32), nullable=False),
    Column("announced", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("missing", Text, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("repaired_at", UtcDateTime),
    PrimaryKeyConstraint("announced_on", "category"),
    CheckConstraint("held >= 0 AND held <= announced", name="held_within_announced"),
)
"""The last reconciliation of each category and day; `missing` holds ids separated by blanks."""

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", make_row_id_type(), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("owner", Text, nullable=False),
    Column("message", Text, nullable=False),
    PrimaryKeyConstraint("job_id"),
    _is_one_of("kind", JobKind),
    _is_one_of("status", JobStatus),
    CheckConstraint(
        "status <> 'running' OR (started_at IS NOT NULL AND owner <> '')", name="running_is_owned"
    ),
    CheckConstraint(
        "(status IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_has_a_time"
    ),
)
"""Requested work."""

Index(
    "ix_jobs_queued_kind",
    jobs.c.kind,
    unique=True,
    sqlite_where=jobs.c.status == JobStatus.QUEUED.value,
    postgresql_where=jobs.c.status == JobStatus.QUEUED.value,
)
# Asking twice is asking once: at most one job of a kind waits.

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), nullable=False),
    Column("owner", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("name"),
    CheckConstraint("owner <> ''", name="owner_given"),
)
"""Who may do which work alone, and until when."""

star_counts = Table(
    "star_counts",
    metadata,
    Column("arxiv_id", make_arxiv_id_type(), ForeignKey("papers.arxiv_id"), primary_key=True),
    Column("stars", Integer, nullable=False),
    CheckConstraint("stars >= 1", name="stars_counts"),
)
"""How many stars readers gave each paper; papers without any have no row. Nothing tells who."""

state = Table(
    "state",
    metadata,
    Column("key", String(64), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("key"),
)
"""Small facts about this installation, such as how it was first filled."""
