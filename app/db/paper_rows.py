"""Papers as rows: how the parts of a paper are written into columns and read back."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Row

from app.db.models import CONTENT_HASH_BYTES
from app.domain.arxiv_id import ArxivId
from app.domain.harvest import PaperRecord
from app.domain.paper import Author, DatePrecision, Paper, Version
from app.domain.paper_history import PaperHistoryEntry

NO_VERSIONS = "[]"
"""The column `versions` of a paper whose source told none."""

_encode_json = msgspec.json.Encoder().encode
_encode_msgpack = msgspec.msgpack.Encoder().encode
_decode_authors = msgspec.json.Decoder(list[list[str]]).decode
_decode_versions = msgspec.json.Decoder(list[tuple[int, datetime, str, str]]).decode


class PaperContent(NamedTuple):
    """All that a source tells of a paper, column by column; what `content_hash` covers."""

    submitted_at: datetime
    submitted_precision: str
    updated_at: datetime
    version: int
    is_withdrawn: bool
    categories: str
    title: str
    authors: str
    comments: str
    journal_ref: str
    doi: str
    report_no: str
    msc_class: str
    acm_class: str
    license_url: str
    submitter: str
    abstract_source: str
    versions: str
    abstract: str
    title_tex: str | None
    authors_tex: str | None
    abstract_tex: str | None


def make_content(record: PaperRecord) -> PaperContent:
    """The columns of one record. A text is kept once: `*_tex` is NULL when it says the same."""
    title_tex, abstract_tex = record.title_tex, record.abstract_tex
    return PaperContent(
        record.submitted_at,
        record.submitted_precision.value,
        record.updated_at,
        record.version,
        record.is_withdrawn,
        " ".join(record.categories),
        record.title,
        encode_authors(record.authors),
        record.comments,
        record.journal_ref,
        record.doi,
        record.report_no,
        record.msc_class,
        record.acm_class,
        record.license_url,
        record.submitter,
        record.abstract_source,
        encode_versions(record.versions) if record.versions else NO_VERSIONS,
        record.abstract,
        None if title_tex == record.title else title_tex,
        record.authors_tex,
        None if abstract_tex == record.abstract else abstract_tex,
    )


def compute_content_hash(content: PaperContent) -> bytes:
    """16 bytes that differ whenever any part of the content differs.

    BLAKE2b over the content's MessagePack form, in which no two contents look alike (joining
    the texts with a separator would confuse texts that hold it).
    """
    return blake2b(_encode_msgpack(content), digest_size=CONTENT_HASH_BYTES).digest()


def encode_authors(authors: Iterable[Author]) -> str:
    """Compact JSON: `[[family, given, suffix], …]` with empty parts at the end left out.

    >>> encode_authors([Author("Fox", "Ada"), Author("IceCube Collaboration")])
    '[["Fox","Ada"],["IceCube Collaboration"]]'
    """
    return _encode_json(
        [
            (author.family, author.given, author.suffix)
            if author.suffix
            else (author.family, author.given)
            if author.given
            else (author.family,)
            for author in authors
        ]
    ).decode()


def decode_authors(text: str) -> tuple[Author, ...]:
    """The authors that `encode_authors` wrote."""
    return tuple([Author(*parts) for parts in _decode_authors(text)])


def encode_versions(versions: Iterable[Version]) -> str:
    """Compact JSON: `[[number, submitted_at, size, source_type], …]`."""
    return _encode_json(
        [(one.number, one.submitted_at, one.size, one.source_type) for one in versions]
    ).decode()


def decode_versions(text: str) -> tuple[Version, ...]:
    """The versions that `encode_versions` wrote."""
    if text == NO_VERSIONS:
        return ()
    return tuple([Version(*parts) for parts in _decode_versions(text)])


def make_paper(row: Row[tuple[Any, ...]]) -> Paper:
    """The paper of a whole row of `papers`."""
    return Paper(
        arxiv_id=ArxivId.from_canonical(row.arxiv_id),
        title=row.title,
        authors=decode_authors(row.authors),
        abstract=row.abstract,
        categories=tuple(row.categories.split(" ")),
        submitted_at=row.submitted_at,
        updated_at=row.updated_at,
        submitted_precision=DatePrecision(row.submitted_precision),
        version=row.version,
        versions=decode_versions(row.versions),
        comments=row.comments,
        journal_ref=row.journal_ref,
        doi=row.doi,
        report_no=row.report_no,
        msc_class=row.msc_class,
        acm_class=row.acm_class,
        license_url=row.license_url,
        submitter=row.submitter,
        is_withdrawn=row.is_withdrawn,
        title_tex=row.title_tex,
        authors_tex=row.authors_tex,
        abstract_tex=row.abstract_tex,
        abstract_source=row.abstract_source,
        change_number=row.change_number,
        deleted_at=row.deleted_at,
    )


def make_history_entry(row: Row[tuple[Any, ...]]) -> PaperHistoryEntry:
    """The entry of a whole row of `paper_history`."""
    return PaperHistoryEntry(
        arxiv_id=ArxivId.from_canonical(row.arxiv_id),
        version=row.version,
        title=row.title,
        authors=decode_authors(row.authors),
        abstract=row.abstract,
        comments=row.comments,
        updated_at=row.updated_at,
        datestamp=row.datestamp,
        change_number=row.change_number,
        superseded_at=row.superseded_at,
        title_tex=row.title_tex,
        authors_tex=row.authors_tex,
        abstract_tex=row.abstract_tex,
    )
