"""Tokens of a query -> tokens that fit the grammar; says what was left out or put in."""

from dataclasses import replace

from app.domain.notes import say
from app.domain.query import Term
from app.text.query_tokens import BINARY, Findings, Kind, QueryToken

MAX_DEPTH = 24
"""Parentheses within one another; those further in are ignored."""

_AND = QueryToken(Kind.AND, "AND", 1)


def repair_tokens(tokens: list[QueryToken], findings: Findings) -> list[QueryToken]:
    """The closest sequence of tokens that can be read.

    Raises:
        InvalidQueryError: only with strict findings.
    """
    repair = _Repair(findings)
    for token in tokens:
        repair.take(token)
    return repair.finish()


class _Repair:
    """Takes one token after the other; what it holds so far could be the start of a query."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._kept: list[QueryToken] = []
        self._open: list[int] = []
        """Where in `_kept` the groups begin that are not closed yet."""
        self._ignored_depth = 0

    @property
    def _wants_operand(self) -> bool:
        return not self._kept or self._kept[-1].kind not in (Kind.LEAF, Kind.CLOSE)

    def take(self, token: QueryToken) -> None:
        """Read the next token."""
        if token.kind is Kind.LEAF:
            self._take_leaf(token)
        elif token.kind is Kind.OPEN:
            self._take_open(token)
        elif token.kind is Kind.CLOSE:
            self._take_close(token)
        elif token.kind is Kind.NOT:
            self._take_not(token)
        elif self._wants_operand:
            self._findings.complain_of_operator(token)
        else:
            self._kept.append(token)

    def finish(self) -> list[QueryToken]:
        """All tokens, groups closed."""
        self._drop_operators()
        while self._open:
            opened = self._kept[self._open[-1]]
            self._findings.complain(
                say(
                    "A parenthesis opened at column {column} is never closed.", column=opened.column
                ),
                say("It was closed at the end."),
                "Close it, or leave it out.",
                token=opened.text,
                column=opened.column,
            )
            self._close(QueryToken(Kind.CLOSE, ")", opened.column))
            self._drop_operators()
        return self._kept

    def _take_leaf(self, token: QueryToken) -> None:
        last = self._kept[-1] if self._kept else None
        if last is not None and last.kind is Kind.NOT and token.node is None:
            return  # Not "the": what is meant comes behind it.
        if last is not None and last.kind is Kind.NEAR and not _can_be_near(self._kept[-2], token):
            self._findings.complain(
                say(
                    '"{text}" at column {column} stands between other things than two words of '
                    "one field.",
                    text=last.text,
                    column=last.column,
                ),
                say("It was read as AND."),
                "Write a word on either side, or a phrase with a distance.",
                token=last.text,
                column=last.column,
            )
            self._kept[-1] = replace(_AND, column=last.column)
        self._kept.append(token)

    def _take_open(self, token: QueryToken) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._findings.complain(
                say(
                    "Parentheses stand more than {depth} deep at column {column}.",
                    depth=MAX_DEPTH,
                    column=token.column,
                ),
                say("Those further in were ignored."),
                "Take some away.",
                token=token.text,
                column=token.column,
            )
            self._ignored_depth += 1
            return
        if self._kept and self._kept[-1].kind is Kind.NEAR:
            self._findings.complain_of_operator(self._kept.pop())
        self._open.append(len(self._kept))
        self._kept.append(token)

    def _take_close(self, token: QueryToken) -> None:
        if self._ignored_depth:
            self._ignored_depth -= 1
        elif not self._open:
            self._findings.complain(
                say("A parenthesis at column {column} closes nothing.", column=token.column),
                say("It was ignored."),
                "Leave it out, or open one before it.",
                token=token.text,
                column=token.column,
            )
        else:
            self._drop_operators()
            self._close(token)

    def _close(self, token: QueryToken) -> None:
        start = self._open.pop()
        if start < len(self._kept) - 1:
            self._kept.append(token)
            return
        opened = self._kept.pop()
        self._findings.complain(
            say("Nothing stands between the parentheses at column {column}.", column=opened.column),
            say("They were ignored."),
            "Leave them out.",
            token=opened.text,
            column=opened.column,
        )

    def _take_not(self, token: QueryToken) -> None:
        last = self._kept[-1] if self._kept else None
        if last is not None and last.kind is Kind.NOT:
            self._kept.pop()  # Not "not": as it was.
            return
        if last is not None and last.kind is Kind.NEAR:
            self._findings.complain_of_operator(self._kept.pop())
        self._kept.append(token)

    def _drop_operators(self) -> None:
        """Take away operators that nothing follows."""
        while self._kept and (self._kept[-1].kind in BINARY or self._kept[-1].kind is Kind.NOT):
            self._findings.complain_of_operator(self._kept.pop())


def _can_be_near(left: QueryToken, right: QueryToken) -> bool:
    return (
        isinstance(left.node, Term)
        and isinstance(right.node, Term)
        and left.node.field is right.node.field
    )
