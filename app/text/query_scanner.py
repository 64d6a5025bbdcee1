"""The text of a query -> its tokens.

A minus negates only before something, and only at the start, behind a blank or an opening
parenthesis: `non-invasive` is one word. Parentheses group likewise at the borders of words only:
`SU(2)` and `(2+1)-dimensional` are words, and so are formulas with blanks: `O(n log n)`.
"""

import re
from collections.abc import Iterator

from app.domain.notes import say
from app.domain.query import QueryNode
from app.text.query_borders import (
    begins_group,
    find_formula_end,
    is_idle,
    is_leading_star,
    is_minus,
    join_formula,
    read_run,
)
from app.text.query_fields import CONDITION_PREFIXES, FIELD_PREFIXES, LISTED_PREFIXES
from app.text.query_runs import find_late_value, find_operator, is_unknown_field
from app.text.query_signs import (
    AFTER_GROUP,
    DATE_BRACKETS,
    KNOWN_PREFIXES,
    PREFIX,
    QUOTES,
    RUN,
    SIGNS,
    SLOP,
)
from app.text.query_tokens import Findings, Kind, QueryToken, Written
from app.text.query_values import ValueReader
from app.text.query_words import find_id_list


def scan_query(text: str, reader: ValueReader) -> list[QueryToken]:
    """The tokens of a query, in their order.

    Raises:
        InvalidQueryError: only with strict findings.
    """
    scanner = _Scanner(text.translate(QUOTES), reader)
    return list(scanner.scan())


class _Scanner:
    """Walks through one text."""

    def __init__(self, text: str, reader: ValueReader) -> None:
        self._text = text
        self._place = 0
        self._reader = reader
        self._findings: Findings = reader.findings
        self._scopes: list[str] = []
        """Prefixes of the groups that are open; empty where a group has none."""
        self._is_negated = False

    def scan(self) -> Iterator[QueryToken]:
        """All tokens."""
        text = self._text
        while self._place < len(text):
            if text[self._place].isspace() or is_idle(self._text, self._place):
                self._place += 1
                continue
            if is_leading_star(self._text, self._place):
                self._complain_of_star()
                continue
            for token in self._scan_one():
                self._is_negated = token.kind is Kind.NOT or (
                    # A stop word behind NOT leaves it waiting for a word.
                    self._is_negated and token.kind is Kind.LEAF and token.node is None
                )
                yield token

    def _scan_one(self) -> list[QueryToken]:
        """The tokens that begin here, at least one character further afterwards."""
        text, start = self._text, self._place
        if text[start] in SIGNS:
            found = self._scan_sign(start)
            if found is not None:
                return found
        prefix = PREFIX.match(text, start)
        if prefix is not None and prefix[1].lower() in KNOWN_PREFIXES:
            found = self._scan_prefixed(prefix)
            if found is not None:
                return found
        return self._scan_run()

    def _scan_sign(self, start: int) -> list[QueryToken] | None:
        """What a sign begins; None when it belongs to a word."""
        text = self._text
        found = None
        match text[start]:
            case '"':
                found = [self._scan_phrase(start, "")]
            case "(" if begins_group(self._text, start):
                found = self._open_group(start, "")
            case ")":
                found = [self._close_group()]
            case "-" if is_minus(self._text, start):
                self._place += 1
                found = [QueryToken(Kind.NOT, "-", start + 1)]
            case "^" if text[start + 1 : start + 2].isalpha():
                self._place += 1
                found = [self._scan_word("au", start, "^")]
            case "^" if text.startswith('^"', start):
                self._place += 1
                found = [self._scan_phrase(start, "au", "^")]
        return found

    def _complain_of_star(self) -> None:
        column = self._place + 1
        run = RUN.match(self._text, self._place)
        self._place = column
        self._findings.complain(
            say("No letter stands before the star at column {column}.", column=column),
            say("The star was ignored."),
            "Write the beginning of a word and a star, as in neur*.",
            token=run[0] if run is not None else "*",
            column=column,
        )

    def _open_group(self, start: int, prefix: str) -> list[QueryToken]:
        self._place = self._text.index("(", start) + 1
        scope = prefix or (self._scopes[-1] if self._scopes else "")
        self._scopes.append(scope)
        return [QueryToken(Kind.OPEN, self._text[start : self._place], start + 1)]

    def _close_group(self) -> QueryToken:
        start = self._place
        if self._scopes:
            self._scopes.pop()
        match = AFTER_GROUP.match(self._text, start + 1)
        assert match is not None  # noqa: S101  # every part of the pattern may be missing
        self._place = match.end()
        weight = float(match[2]) if match[2] else 1.0
        if not 0.0 < weight < float("inf"):
            self._findings.complain(
                say(
                    "A group is given the weight {weight} at column {column}.",
                    weight=match[2],
                    column=start + 1,
                ),
                say("The weight was ignored."),
                "Give it a weight above 0.",
                token=match[0],
                column=start + 1,
            )
            weight = 1.0
        text = self._text[start : self._place]
        return QueryToken(Kind.CLOSE, text, start + 1, minimum=int(match[1] or 0), weight=weight)

    def _scan_prefixed(self, match: re.Match[str]) -> list[QueryToken] | None:
        """What a known prefix begins; None when it is a run like others."""
        text, start = self._text, match.start()
        prefix = match[1].lower()
        value_start = self._find_value(match)
        following = text[value_start : value_start + 1]
        if following == '"':
            self._place = value_start
            return [self._scan_phrase(start, prefix)]
        if following == "(" and begins_group(self._text, value_start):
            return self._open_group(start, prefix)
        if following in ("[", "{") and prefix in CONDITION_PREFIXES:
            brackets = DATE_BRACKETS.match(text, value_start)
            if brackets is not None:
                self._place = brackets.end()
                written = self._locate(start)
                node = self._reader.read_phrase(brackets[0], prefix, 0, written)
                return [QueryToken(Kind.LEAF, written.text, written.column, node)]
        if following == "^" and text[value_start + 1 : value_start + 2] == '"' and prefix in (
            "au", "author", "authors"
        ):  # fmt: skip
            self._place = value_start + 1
            return [self._scan_phrase(start, "au", "^")]
        if prefix in FIELD_PREFIXES and following in ("", " "):
            return None
        self._place = value_start
        return [self._scan_word(prefix, start)]

    def _find_value(self, match: re.Match[str]) -> int:
        """Where what a prefix is for begins."""
        late = find_late_value(self._text, match)
        if late is None:
            return match.end()
        self._findings.complain(
            say(
                'A blank follows "{text}" at column {column}.',
                text=match[0],
                column=match.start() + 1,
            ),
            say("What comes behind it was taken."),
            "Write the word right behind the colon.",
            token=match[0],
            column=match.start() + 1,
        )
        return late

    def _scan_phrase(self, start: int, prefix: str, mark: str = "") -> QueryToken:
        """A phrase whose quotation mark stands at the current place."""
        opened = self._place
        end = self._text.find('"', opened + 1)
        is_closed = end >= 0
        phrase = self._text[opened + 1 : end if is_closed else len(self._text)]
        if not is_closed:
            end = len(self._text) - 1
            self._findings.complain(
                say("A quotation mark at column {column} has no partner.", column=opened + 1),
                say("It was closed at the end.") if phrase.strip() else say("It was ignored."),
                "Close the phrase, or leave the mark out.",
                token=self._text[opened],
                column=opened + 1,
            )
        slop = SLOP.match(self._text, end + 1)
        self._place = slop.end() if slop is not None else end + 1
        written = self._locate(start)
        node = self._reader.read_phrase(
            mark + phrase, prefix or self._scope, int(slop[1]) if slop is not None else 0, written
        )
        return QueryToken(Kind.LEAF, written.text, written.column, node)

    def _scan_word(self, prefix: str, start: int, mark: str = "") -> QueryToken:
        """The word at the current place, behind a prefix."""
        word = self._take_run()
        written = self._locate(start)
        node = self._reader.read_word(mark + word, prefix, written)
        return QueryToken(Kind.LEAF, written.text, written.column, node)

    def _scan_run(self) -> list[QueryToken]:
        """A run without a known prefix: an operator, identifiers, or a word."""
        start = self._place
        run = self._take_run()
        operator = find_operator(run, start + 1)
        if operator is not None:
            return [operator]
        written = self._locate(start)
        ids = find_id_list(run)
        if len(ids) > 1:
            nodes = [self._reader.name_paper(each, written) for each in ids]
            return self._join_ids(written, nodes)
        if run.lower().rstrip() == "arxiv:":
            return [QueryToken(Kind.LEAF, written.text, written.column)]
        prefix = PREFIX.match(run)
        if prefix is not None and is_unknown_field(prefix, run):
            known = ", ".join(LISTED_PREFIXES)
            self._findings.complain(
                say('"{text}" is not a field; fields are {known}.', text=prefix[0], known=known),
                say("It was read as a word."),
                "Put words that hold a colon into quotation marks.",
                token=run,
                column=start + 1,
            )
        if prefix is not None and prefix[1].lower() in FIELD_PREFIXES:
            node = self._reader.read_word(run[prefix.end() :], prefix[1].lower(), written)
        else:
            node = self._reader.read_word(run, self._scope, written)
        return [QueryToken(Kind.LEAF, written.text, written.column, node)]

    def _join_ids(self, written: Written, nodes: list[QueryNode | None]) -> list[QueryToken]:
        """Leaves of a list of identifiers, any of which is wanted where they stay in the tree."""
        tokens: list[QueryToken] = []
        for node in nodes:
            if tokens and node is not None:
                kind = Kind.NOT if written.is_negated else Kind.OR
                tokens.append(QueryToken(kind, written.text, written.column))
            tokens.append(QueryToken(Kind.LEAF, written.text, written.column, node))
        return tokens

    @property
    def _scope(self) -> str:
        return self._scopes[-1] if self._scopes else ""

    def _take_run(self) -> str:
        """The run at the current place, which moves behind it."""
        start, end = self._place, find_formula_end(self._text, self._place)
        if end:
            self._place = end
            return join_formula(self._text[start:end])
        run = read_run(self._text, self._place)
        self._place += len(run)
        return run

    def _locate(self, start: int) -> Written:
        return Written(
            self._text[start : self._place], start + 1, self._is_negated, bool(self._scopes)
        )
