"""Format `arXivRaw`: raw TeX text, one author line, and the dates of all versions.

The default: only this format has the first submission's date (`arXiv` lost it in 2025), and one
pass over one format is half the requests of two. We split author lines ourselves.
"""

import re

from lxml import etree

from app.domain.harvest import PaperRecord
from app.domain.paper import Version
from indexer.oai.elements import Header, UnusableRecordError, check_same_id, collect_texts
from indexer.records import RawMetadata, make_paper_record, parse_version_date

_NAMESPACE = "{http://arxiv.org/OAI/arXivRaw/}"
_ID = f"{_NAMESPACE}id"
_TITLE = f"{_NAMESPACE}title"
_AUTHORS = f"{_NAMESPACE}authors"
_ABSTRACT = f"{_NAMESPACE}abstract"
_CATEGORIES = f"{_NAMESPACE}categories"
_COMMENTS = f"{_NAMESPACE}comments"
_JOURNAL_REF = f"{_NAMESPACE}journal-ref"
_DOI = f"{_NAMESPACE}doi"
_REPORT_NO = f"{_NAMESPACE}report-no"
_MSC_CLASS = f"{_NAMESPACE}msc-class"
_ACM_CLASS = f"{_NAMESPACE}acm-class"
_LICENSE = f"{_NAMESPACE}license"
_SUBMITTER = f"{_NAMESPACE}submitter"
_VERSION = f"{_NAMESPACE}version"
_DATE = f"{_NAMESPACE}date"
_SIZE = f"{_NAMESPACE}size"
_SOURCE_TYPE = f"{_NAMESPACE}source_type"
_VERSION_NUMBER = re.compile(r"v?([1-9][0-9]{0,3})")


def read_arxiv_raw(header: Header, metadata: etree._Element) -> PaperRecord:
    """The paper of one `<arXivRaw>` element.

    Raises:
        UnusableRecordError: title, categories, id or a version's number or date are missing or
            unreadable.
    """
    texts = collect_texts(metadata)
    check_same_id(header, texts.get(_ID, ""))
    try:
        return make_paper_record(
            RawMetadata(
                arxiv_id=header.arxiv_id,
                title=texts.get(_TITLE, ""),
                authors=texts.get(_AUTHORS, ""),
                abstract=texts.get(_ABSTRACT, ""),
                categories=texts.get(_CATEGORIES, ""),
                versions=_read_versions(metadata),
                updated_on=header.datestamp,
                datestamp=header.datestamp,
                comments=texts.get(_COMMENTS, ""),
                journal_ref=texts.get(_JOURNAL_REF, ""),
                doi=texts.get(_DOI, ""),
                report_no=texts.get(_REPORT_NO, ""),
                msc_class=texts.get(_MSC_CLASS, ""),
                acm_class=texts.get(_ACM_CLASS, ""),
                license_url=texts.get(_LICENSE, ""),
                submitter=texts.get(_SUBMITTER, ""),
            )
        )
    except ValueError as error:
        raise UnusableRecordError(str(error)) from error


def _read_versions(metadata: etree._Element) -> tuple[Version, ...]:
    """All versions, oldest first."""
    versions = [_read_version(element) for element in metadata.iterchildren(_VERSION)]
    if len(versions) > 1:
        versions.sort(key=_get_number)
    return tuple(versions)


def _read_version(element: etree._Element) -> Version:
    written = element.get("version", "")
    number = _VERSION_NUMBER.fullmatch(written)
    if number is None:
        raise UnusableRecordError(f'"{written[:40]}" is not a version number')
    texts = collect_texts(element)
    return Version(
        int(number[1]),
        parse_version_date(texts.get(_DATE, "")),
        texts.get(_SIZE, "").strip(),
        texts.get(_SOURCE_TYPE, "").strip(),
    )


def _get_number(version: Version) -> int:
    return version.number
