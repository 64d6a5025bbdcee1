"""Format `arXiv`: authors split and TeX accents decoded by the server, but no version history.

Two facts of the current server shape this reader (its source, August 2026): `<created>` is the
date of the *current* version and `<updated>` the day of the last modification of whatever kind, so
the first submission is known to the day at best; and `<acm-class>` is printed with the MSC class's
text, or "None", by a mistake of the template.
"""

from lxml import etree

from app.domain.harvest import PaperRecord
from app.domain.paper import Author
from indexer.oai.elements import (
    Header,
    UnusableRecordError,
    check_same_id,
    collect_texts,
    parse_datestamp,
)
from indexer.records import RawMetadata, make_paper_record

_NAMESPACE = "{http://arxiv.org/OAI/arXiv/}"
_ID = f"{_NAMESPACE}id"
_CREATED = f"{_NAMESPACE}created"
_TITLE = f"{_NAMESPACE}title"
_AUTHOR = f"{_NAMESPACE}author"
_KEYNAME = f"{_NAMESPACE}keyname"
_FORENAMES = f"{_NAMESPACE}forenames"
_SUFFIX = f"{_NAMESPACE}suffix"
_ABSTRACT = f"{_NAMESPACE}abstract"
_CATEGORIES = f"{_NAMESPACE}categories"
_COMMENTS = f"{_NAMESPACE}comments"
_JOURNAL_REF = f"{_NAMESPACE}journal-ref"
_DOI = f"{_NAMESPACE}doi"
_REPORT_NO = f"{_NAMESPACE}report-no"
_MSC_CLASS = f"{_NAMESPACE}msc-class"
_ACM_CLASS = f"{_NAMESPACE}acm-class"
_LICENSE = f"{_NAMESPACE}license"
_EMPTY_BY_TEMPLATE = "None"


def read_arxiv(header: Header, metadata: etree._Element) -> PaperRecord:
    """The paper of one `<arXiv>` element.

    Raises:
        UnusableRecordError: title, categories, id or a date are missing or unreadable.
    """
    texts = collect_texts(metadata)
    check_same_id(header, texts.get(_ID, ""))
    created = texts.get(_CREATED, "").strip()
    msc_class = _without_none(texts.get(_MSC_CLASS, ""))
    acm_class = _without_none(texts.get(_ACM_CLASS, ""))
    try:
        return make_paper_record(
            RawMetadata(
                arxiv_id=header.arxiv_id,
                title=texts.get(_TITLE, ""),
                authors="",
                authors_split=_read_authors(metadata),
                abstract=texts.get(_ABSTRACT, ""),
                categories=texts.get(_CATEGORIES, ""),
                created_on=parse_datestamp(created) if created else None,
                # Any touch of the record moves <updated>; it stands in only where nothing else is.
                updated_on=None if created else header.datestamp,
                datestamp=header.datestamp,
                comments=texts.get(_COMMENTS, ""),
                journal_ref=texts.get(_JOURNAL_REF, ""),
                doi=texts.get(_DOI, ""),
                report_no=texts.get(_REPORT_NO, ""),
                msc_class=msc_class,
                acm_class="" if acm_class == msc_class else acm_class,
                license_url=texts.get(_LICENSE, ""),
            )
        )
    except ValueError as error:
        raise UnusableRecordError(str(error)) from error


def _read_authors(metadata: etree._Element) -> tuple[Author, ...]:
    authors = []
    for element in metadata.iterdescendants(_AUTHOR):
        texts = collect_texts(element)
        family = texts.get(_KEYNAME, "").strip()
        if family:
            authors.append(Author(family, texts.get(_FORENAMES, ""), texts.get(_SUFFIX, "")))
    return tuple(authors)


def _without_none(text: str) -> str:
    stripped = text.strip()
    return "" if stripped == _EMPTY_BY_TEMPLATE else stripped
