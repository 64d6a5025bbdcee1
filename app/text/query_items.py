"""The pieces of a query: words, phrases, named papers and operators, read one after the other.

Used by `app.text.query_syntax`, whose head has the grammar.
"""

import re
from dataclasses import dataclass, field

from app.domain.arxiv_id import ArxivId, parse_arxiv_id
from app.domain.errors import InvalidArxivIdError, InvalidQueryError
from app.domain.query import Everything, Phrase, QueryField, QueryNode, Term
from app.text.tokenize import index_terms

FIELD_PREFIXES = {
    "ti": QueryField.TITLE,
    "title": QueryField.TITLE,
    "au": QueryField.AUTHOR,
    "author": QueryField.AUTHOR,
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
    "all": QueryField.ALL,
}
"""What may stand before a colon."""

SHORT_PREFIXES = {
    each: min((p for p, f in FIELD_PREFIXES.items() if f is each), key=len) for each in QueryField
}
"""The shortest prefix of each field: the one written back."""

MAX_PHRASE_SLOP = 50
"""Most places that `"…"~places` allows between words."""

OR_WORDS = frozenset({"OR", "|", "||"})
AND_WORDS = frozenset({"AND", "&&"})
NOT_WORDS = frozenset({"NOT", "ANDNOT"})

_JOINTS = OR_WORDS | AND_WORDS
_ITEM = re.compile(
    r"(?P<open>[(\[{]*)(?P<minus>-)?(?:(?P<prefix>[A-Za-z_]+):)?"
    r'"(?P<phrase>[^"]*)"(?:~(?P<slop>[0-9]{1,6}))?'
    r'|(?P<word>[^\s"]+)'
    r'|(?P<quote>")'
)
_PREFIXED = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
_DOI = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_STRAIGHT_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"'))
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a query.

    Attributes:
        node: what it looks for; None for papers named by identifier, for joints and blanks.
        is_joint: whether it is an AND or OR.
        is_blank: whether nothing of it is in any index (stop words, punctuation).
    """

    token: str
    column: int
    node: QueryNode | None = None
    is_negated: bool = False
    is_joint: bool = False
    is_blank: bool = False


@dataclass(slots=True)
class ItemReader:
    """Reads the items of one query; collects named papers and notes on the way.

    Attributes:
        strict: raise `InvalidQueryError` where a note would be taken.
    """

    strict: bool
    arxiv_ids: dict[ArxivId, None] = field(default_factory=dict)
    dois: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    _negates_next: bool = False

    def read(self, text: str) -> list[Item]:
        """The items in their order."""
        items: list[Item] = []
        pending: Item | None = None
        for match in _ITEM.finditer(text.translate(_STRAIGHT_QUOTES)):
            column = match.start() + 1
            if pending is None and match["word"] in NOT_WORDS:
                pending = Item(match["word"], column)
                continue
            self._negates_next = pending is not None
            found = self._read_match(match, column)
            items.extend(found)
            if not all(item.is_blank for item in found):
                pending = None
        if pending is not None:
            self.complain_of_operator(pending)
        return items

    def complain(self, problem: str, taken: str, advice: str, item: Item) -> None:
        """Refuse an item with advice, or note how it was taken instead."""
        if self.strict:
            raise InvalidQueryError(f"{problem} {advice}", token=item.token, column=item.column)
        self.notes[f"{problem} {taken}"] = None

    def complain_of_operator(self, item: Item) -> None:
        """Say that an operator stands where it cannot work."""
        self.complain(
            f'"{item.token}" has nothing to work on here.',
            "It was ignored.",
            "Put words around it, or leave it out.",
            item,
        )

    def _read_match(self, match: re.Match[str], column: int) -> list[Item]:
        if match["quote"]:
            self.complain(
                "A quotation mark has no partner.",
                "It was ignored.",
                "Close the phrase, or leave the mark out.",
                Item('"', column),
            )
            return []
        if match["word"] is None:
            return [self._read_phrase(match, column)]
        return self._read_word(match["word"], column)

    def _read_phrase(self, match: re.Match[str], column: int) -> Item:
        is_negated = (match["minus"] is not None) != self._negates_next
        seed = Item(match[0], column, None, is_negated)
        if match["open"]:
            self._complain_of_brackets(seed)
        words = " ".join(match["phrase"].split())
        query_field = None
        if match["prefix"] is not None:
            query_field = FIELD_PREFIXES.get(match["prefix"].lower())
            if query_field is None:
                self._complain_of_prefix(match["prefix"], seed)
        if query_field in (QueryField.ID, QueryField.DOI):
            return self._read_value(words, query_field, seed)
        if query_field is QueryField.AUTHOR:
            words = _in_reading_order(words)
        if not _is_searchable(words, query_field):
            return Item(match[0], column, is_blank=True)
        slop = min(int(match["slop"] or 0), MAX_PHRASE_SLOP)
        return Item(match[0], column, Phrase(words, query_field, slop), is_negated)

    def _read_word(self, raw: str, column: int) -> list[Item]:
        """The items of a run without blanks: several when it is a list of identifiers."""
        listed = _split_id_list(raw)
        if listed:
            seed = Item(raw, column, None, self._negates_next)
            return [self._name_paper(arxiv_id, seed) for arxiv_id in listed]
        word = _drop_lone_brackets(raw.lstrip(",;:!?"))
        if word != raw and raw[0] in _BRACKETS:
            self._complain_of_brackets(Item(raw, column))
        has_minus = len(word) > 1 and word[0] == "-" and word[1] != "-"
        if not has_minus and not self._negates_next and _clean(word) in _JOINTS:
            return [Item(_clean(word), column, is_joint=True)]
        seed = Item(raw, column, None, has_minus != self._negates_next)
        return [self._read_field(_trim_start(word), seed)]

    def _read_field(self, word: str, seed: Item) -> Item:
        """The item of a word that may begin with a field's name."""
        if word == "*":
            return Item(seed.token, seed.column, Everything(), seed.is_negated)
        doi = _DOI.fullmatch(word)
        if doi is not None:
            return self._read_value(doi[1], QueryField.DOI, seed)
        prefixed = _PREFIXED.fullmatch(word)
        prefix, value = prefixed.groups() if prefixed is not None else ("", word)
        query_field = FIELD_PREFIXES.get(prefix.lower())
        if query_field is not None:
            return self._read_value(value, query_field, seed)
        if prefix.lower() == "arxiv" and not value:
            return Item(seed.token, seed.column, is_blank=True)
        if prefix.lower() == "cat" and value:
            self.complain(
                "Categories are not read among the words.",
                f'"{word}" was ignored; choose the category beside the words.',
                "Give the category expression apart from the words.",
                seed,
            )
            return Item(seed.token, seed.column, is_blank=True)
        if prefix and index_terms(value) and not value.startswith("//"):
            self._complain_of_prefix(prefix, seed)
        return self._read_value(word, None, seed)

    def _read_value(self, value: str, query_field: QueryField | None, seed: Item) -> Item:
        """The item for what follows a field's name, or for a word without one."""
        if query_field is QueryField.ID or query_field is None:
            arxiv_id = find_id(value)
            if arxiv_id is not None:
                return self._name_paper(arxiv_id, seed)
            if query_field is QueryField.ID:
                self.complain(
                    f'"{value}" is not an arXiv identifier.',
                    "Nothing can match it.",
                    "Write it like 1706.03762 or hep-th/9901001.",
                    seed,
                )
        if query_field is QueryField.DOI and _is_searchable(value, query_field):
            return self._name_doi(value.rstrip(".,;"), seed)
        cleaned = _clean(value)
        if not _is_searchable(cleaned, query_field):
            if query_field is not None:
                self.complain(
                    f'Nothing that can be searched for follows "{seed.token}".',
                    "It was ignored; the word belongs right behind the colon.",
                    "Write the word right behind the colon.",
                    seed,
                )
            return Item(seed.token, seed.column, is_blank=True)
        node: QueryNode = Term(cleaned, query_field)
        if query_field is QueryField.AUTHOR and "_" in cleaned:
            # arXiv's own interface writes the blanks of names as underscores.
            node = Phrase(" ".join(cleaned.replace("_", " ").split()), query_field)
        return Item(seed.token, seed.column, node, seed.is_negated)

    def _name_paper(self, arxiv_id: ArxivId, seed: Item) -> Item:
        if seed.is_negated:
            return Item(seed.token, seed.column, Term(arxiv_id.value, QueryField.ID), True)
        self.arxiv_ids[arxiv_id] = None
        return Item(seed.token, seed.column)

    def _name_doi(self, doi: str, seed: Item) -> Item:
        arxiv_id = find_id(doi)
        if arxiv_id is not None:
            return self._name_paper(arxiv_id, seed)
        if seed.is_negated:
            return Item(seed.token, seed.column, Term(doi, QueryField.DOI), True)
        self.dois[doi] = None
        return Item(seed.token, seed.column)

    def _complain_of_prefix(self, prefix: str, item: Item) -> None:
        known = ", ".join(f"{each}:" for each in SHORT_PREFIXES.values())
        self.complain(
            f'"{prefix}:" is not a field; fields are {known}.',
            "It was read as a word.",
            "Put words that hold a colon into quotation marks.",
            item,
        )

    def _complain_of_brackets(self, item: Item) -> None:
        self.complain(
            "Parentheses do not group words.", "They were ignored.", "Leave them out.", item
        )


def _is_searchable(text: str, query_field: QueryField | None) -> bool:
    """Whether anything of a word or phrase is in the index: stop words are, in some fields."""
    if query_field in (None, QueryField.TITLE, QueryField.ABSTRACT):
        return bool(index_terms(text))
    return any(map(str.isalnum, text))


def find_id(text: str) -> ArxivId | None:
    """The paper that a text as a whole names (an id, an address, the stamp of a PDF), or None."""
    if not any(map(str.isdigit, text)):
        return None
    try:
        return parse_arxiv_id(text).arxiv_id
    except InvalidArxivIdError:
        return None


def _split_id_list(raw: str) -> list[ArxivId]:
    """The identifiers of a list without blanks (`1706.03762,1810.04805`); empty for other runs."""
    found = [find_id(part) for part in re.split(r"[,;|+]", raw) if part]
    return [each for each in found if each is not None] if None not in found else []


def _drop_lone_brackets(word: str) -> str:
    """Without opening brackets that nothing in the word closes, and the other way round."""
    while word and word[0] in _BRACKETS and _BRACKETS[word[0]] not in word:
        word = word[1:]
    for opening, closing in _BRACKETS.items():
        if opening not in word:
            word = word.rstrip(closing)
    return word


def _trim_start(word: str) -> str:
    """Without what cannot begin a word; what remains begins with none of it."""
    while word != (shorter := _drop_lone_brackets(word.lstrip(",;:!?-"))):
        word = shorter
    return word


def _clean(word: str) -> str:
    """A word without the punctuation of the sentence it came from."""
    while word != (shorter := _trim_start(word.rstrip(".,;:!?"))):
        word = shorter
    return word


def _in_reading_order(name: str) -> str:
    """`Vaswani, Ashish` as `Ashish Vaswani`: authors are indexed in reading order."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else name
