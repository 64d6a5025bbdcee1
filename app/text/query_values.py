"""What a prefix and its value mean: the leaves of the query tree."""

import re
from dataclasses import dataclass, field
from datetime import date

from app.domain.arxiv_id import ArxivId
from app.domain.categories import parse_category_expression
from app.domain.errors import InvalidCategoryError, InvalidDateError
from app.domain.notes import Note, say
from app.domain.query import (
    Everything,
    Flagged,
    InCategories,
    Phrase,
    Prefix,
    QueryField,
    QueryNode,
    Similar,
    Term,
    join_any,
)
from app.text.query_dates import parse_dates, parse_since, parse_years
from app.text.query_fields import (
    CATEGORY_PREFIXES,
    DATE_PREFIXES,
    FIELD_PREFIXES,
    FLAG_PREFIXES,
    FLAGS,
    SIMILAR_PREFIXES,
    SINCE_PREFIXES,
)
from app.text.query_tokens import Findings, Written
from app.text.query_words import (
    PUNCTUATION_AFTER,
    clean_word,
    find_id,
    find_id_list,
    has_star,
    is_searchable,
    make_author,
    trim_start,
)

MAX_PHRASE_SLOP = 50
"""Most places that `"…"~places` and NEAR allow between words."""

MIN_PREFIX_CHARS = 2
"""Letters that have to stand before the star of `word*`."""

MAX_PREFIXES = 8
"""Words with a star that one query may have; each may stand for thousands."""

MAX_SIMILAR = 4
"""Papers that one query may ask for others like."""

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9./-]")
_NOT_IN_PREFIXES = re.compile(r"[()\[\]{}|]")
_DOI = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)


@dataclass(slots=True)
class ValueReader:
    """Makes leaves of values; None where nothing is left to search for.

    Attributes:
        today: the day that `since:` counts from.
    """

    findings: Findings
    today: date
    _starred: int = 0
    _similar: set[ArxivId] = field(default_factory=set)

    def read_word(self, word: str, prefix: str, written: Written) -> QueryNode | None:
        """The leaf of a run without blanks behind a prefix, which may be empty."""
        if word.rstrip(PUNCTUATION_AFTER) == "*" and (not prefix or prefix in FIELD_PREFIXES):
            return Everything()
        if prefix and prefix not in FIELD_PREFIXES:
            return self._read_condition(word, prefix, written)
        query_field = FIELD_PREFIXES.get(prefix)
        if query_field is QueryField.AUTHOR and not has_star(word):
            return self._read_author(word, written)
        return self._read_bare(word, query_field, written)

    def _read_bare(
        self, word: str, query_field: QueryField | None, written: Written
    ) -> QueryNode | None:
        """A paper's name, or a word."""
        named = self._read_named(word, query_field, written)
        return named.node if named is not None else self._read_text(word, query_field, written)

    def _read_text(
        self, word: str, query_field: QueryField | None, written: Written
    ) -> QueryNode | None:
        if has_star(word):
            return self._read_prefix(word, query_field, written)
        cleaned = clean_word(word)
        if is_searchable(cleaned, query_field):
            return Term(cleaned, query_field)
        if query_field is not None:
            self._complain_of_nothing(written)
        return None

    def read_phrase(
        self, phrase: str, prefix: str, slop: int, written: Written
    ) -> QueryNode | None:
        """The leaf of what stands between quotation marks."""
        words = " ".join(phrase.split())
        if prefix and prefix not in FIELD_PREFIXES:
            return self._read_condition(words, prefix, written)
        query_field = FIELD_PREFIXES.get(prefix)
        if query_field is QueryField.AUTHOR:
            return self._read_author(words, written)
        if query_field in (QueryField.ID, QueryField.DOI):
            named = self._read_named(words, query_field, written)
            if named is not None:
                return named.node
        if not is_searchable(words, query_field):
            return None
        return Phrase(words, query_field, min(slop, MAX_PHRASE_SLOP))

    def name_paper(self, arxiv_id: ArxivId, written: Written) -> QueryNode | None:
        """A paper named by its bare id: apart from the tree, unless excluded or in a group."""
        if written.is_negated or written.is_grouped:
            return Term(arxiv_id.value, QueryField.ID)
        self.findings.arxiv_ids[arxiv_id] = None
        return None

    def _read_named(
        self, word: str, query_field: QueryField | None, written: Written
    ) -> "_Named | None":
        """Whether a word is an id or a DOI; None when it is neither."""
        if query_field is QueryField.ID:
            return _Named(self._read_ids(word, written))
        if query_field is QueryField.DOI:
            doi = clean_word(word)
            arxiv_id = find_id(doi)
            if arxiv_id is not None:
                return _Named(Term(arxiv_id.value, QueryField.ID))
            return _Named(Term(doi, query_field)) if is_searchable(doi, query_field) else None
        if query_field is not None:
            return None
        arxiv_id = find_id(word)
        if arxiv_id is not None:
            return _Named(self.name_paper(arxiv_id, written))
        match = _DOI.fullmatch(word)
        return None if match is None else _Named(self._name_doi(clean_word(match[1]), written))

    def _read_ids(self, word: str, written: Written) -> QueryNode | None:
        """The paper with an id, or any of several."""
        ids = find_id_list(word)
        if ids:
            return join_any(Term(each.value, QueryField.ID) for each in ids)
        cleaned = _NOT_IN_IDS.sub("", word).strip(".-/")
        if not cleaned:
            self._complain_of_nothing(written)
            return None
        self._complain(
            say('"{text}" is not an arXiv identifier.', text=word),
            say("Nothing can match it."),
            "Write it like 1706.03762 or hep-th/9901001.",
            written,
        )
        return Term(cleaned, QueryField.ID)

    def _name_doi(self, doi: str, written: Written) -> QueryNode | None:
        arxiv_id = find_id(doi)
        if arxiv_id is not None:
            return self.name_paper(arxiv_id, written)
        if written.is_negated or written.is_grouped:
            return Term(doi, QueryField.DOI)
        self.findings.dois[doi] = None
        return None

    def _read_prefix(
        self, word: str, query_field: QueryField | None, written: Written
    ) -> QueryNode | None:
        """The leaf of a word with a star."""
        head, _, tail = trim_start(word).partition("*")
        head = clean_word(_NOT_IN_PREFIXES.sub("", head))
        if not any(map(str.isalnum, head)):
            self._complain(
                say(
                    'No letter stands before the star of "{text}" at column {column}.',
                    text=word,
                    column=written.column,
                ),
                say("The star was ignored."),
                "Write the beginning of a word and a star, as in neur*.",
                written,
            )
            return self._read_bare(word.replace("*", ""), query_field, written)
        if tail.strip("*" + PUNCTUATION_AFTER):
            self._complain(
                say(
                    'A star stands inside "{text}" at column {column}.',
                    text=word,
                    column=written.column,
                ),
                say('It was read as "{text}".', text=f"{head}*"),
                "Write the star at the end of the word.",
                written,
            )
        self._starred += 1
        if len(head) < MIN_PREFIX_CHARS or self._starred > MAX_PREFIXES:
            self._complain(
                say(
                    'The star of "{text}" at column {column} stands for too many words.',
                    text=word,
                    column=written.column,
                ),
                say("It was ignored."),
                f"Write at least {MIN_PREFIX_CHARS} letters before it, and at most {MAX_PREFIXES} "
                "stars.",
                written,
            )
            return Term(clean_word(head), query_field) if is_searchable(head, query_field) else None
        return Prefix(head, query_field)

    def _read_author(self, name: str, written: Written) -> QueryNode | None:
        author = make_author(name)
        if author is None:
            self._complain_of_nothing(written)
        return author

    def _read_condition(self, value: str, prefix: str, written: Written) -> QueryNode | None:
        value = value.strip().rstrip(",;")
        if not value:
            self._complain_of_nothing(written)
            return None
        if prefix in FLAG_PREFIXES:
            return self._read_flag(f"{prefix}:{value.lower()}", written)
        if prefix in SIMILAR_PREFIXES:
            return self._read_similar(value, written)
        try:
            return _make_condition(prefix, value, self.today)
        except (InvalidCategoryError, InvalidDateError) as error:
            self._complain(
                say("{error}", error=error), _say_ignored(written), advice="", written=written
            )
            return None

    def _read_flag(self, text: str, written: Written) -> QueryNode | None:
        flag = FLAGS.get(text)
        if flag is not None:
            return Flagged(flag)
        self._complain(
            say(
                '"{text}" is not known; known are {known}.',
                text=written.text,
                known=", ".join(FLAGS),
            ),
            say("It was ignored."),
            "Use one of these.",
            written,
        )
        return None

    def _read_similar(self, value: str, written: Written) -> QueryNode | None:
        arxiv_id = find_id(value)
        if arxiv_id is None:
            self._complain(
                say('"{text}" is not an arXiv identifier.', text=value),
                _say_ignored(written),
                "Write it like similar:1706.03762.",
                written,
            )
            return None
        self._similar.add(arxiv_id)
        if len(self._similar) > MAX_SIMILAR:
            self._complain(
                say("More than {most} papers are named by similar:.", most=MAX_SIMILAR),
                _say_ignored(written),
                "Name fewer.",
                written,
            )
            return None
        return Similar(arxiv_id)

    def _complain_of_nothing(self, written: Written) -> None:
        self._complain(
            say('Nothing that can be searched for follows "{text}".', text=written.text),
            say("It was ignored; the word belongs right behind the colon."),
            "Write the word right behind the colon.",
            written,
        )

    def _complain(self, problem: Note, taken: Note, advice: str, written: Written) -> None:
        self.findings.complain(problem, taken, advice, token=written.text, column=written.column)


def _say_ignored(written: Written) -> Note:
    return say('"{text}" was ignored.', text=written.text)


@dataclass(frozen=True, slots=True)
class _Named:
    """A word that was a name; without a node the paper is named apart from the tree."""

    node: QueryNode | None


def _make_condition(prefix: str, value: str, today: date) -> QueryNode:
    if prefix in DATE_PREFIXES:
        return parse_dates(value, DATE_PREFIXES[prefix])
    if prefix in CATEGORY_PREFIXES:
        return InCategories(parse_category_expression(value))
    return parse_since(value, today) if prefix in SINCE_PREFIXES else parse_years(value)
