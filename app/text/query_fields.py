"""What may stand before a colon in a query."""

from app.domain.query import DateField, PaperFlag, QueryField

FIELD_PREFIXES = {
    "ti": QueryField.TITLE,
    "title": QueryField.TITLE,
    "au": QueryField.AUTHOR,
    "author": QueryField.AUTHOR,
    "authors": QueryField.AUTHOR,
    "abs": QueryField.ABSTRACT,
    "abstract": QueryField.ABSTRACT,
    "co": QueryField.COMMENTS,
    "comment": QueryField.COMMENTS,
    "comments": QueryField.COMMENTS,
    "jr": QueryField.JOURNAL_REF,
    "journal": QueryField.JOURNAL_REF,
    "rn": QueryField.REPORT_NO,
    "report": QueryField.REPORT_NO,
    "doi": QueryField.DOI,
    "id": QueryField.ID,
    "id_list": QueryField.ID,
    "all": QueryField.ALL,
    "any": QueryField.ALL,
}
"""Fields of words, by arXiv's names and longer ones."""

SHORT_PREFIXES = {
    each: min((p for p, f in FIELD_PREFIXES.items() if f is each), key=len) for each in QueryField
} | {QueryField.ALL: "all"}
"""The shortest prefix of each field: the one written back."""

DATE_PREFIXES = {
    "submitted": DateField.SUBMITTED,
    "submitteddate": DateField.SUBMITTED,
    "published": DateField.SUBMITTED,
    "date": DateField.SUBMITTED,
    "updated": DateField.UPDATED,
    "lastupdateddate": DateField.UPDATED,
    "announced": DateField.ANNOUNCED,
}
"""Fields of dates."""

CATEGORY_PREFIXES = frozenset({"cat", "category"})
YEAR_PREFIXES = frozenset({"year"})
SINCE_PREFIXES = frozenset({"since"})
FLAG_PREFIXES = frozenset({"has", "is"})
SIMILAR_PREFIXES = frozenset({"similar", "like"})

FLAGS = {flag.value: flag for flag in PaperFlag}
"""Flags as they are written."""

CONDITION_PREFIXES = (
    frozenset(DATE_PREFIXES)
    | CATEGORY_PREFIXES
    | YEAR_PREFIXES
    | SINCE_PREFIXES
    | FLAG_PREFIXES
    | SIMILAR_PREFIXES
)
"""Prefixes of everything but words."""

LISTED_PREFIXES = (
    *(f"{prefix}:" for prefix in SHORT_PREFIXES.values()),
    *("cat:", "year:", "submitted:", "updated:", "announced:", "since:", "has:", "is:"),
    "similar:",
)
"""What a message offers."""
