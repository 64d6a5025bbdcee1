"""What people type into the search box -> a query tree, and a query tree -> text.

    words                 all of them: deep learning
    "…"  "…"~3            in this order, side by side or with up to so many places more between
    a NEAR3 b             either order, at most 3 words between; NEAR alone allows 5
    word*                 words that begin so (two letters at least)
    -x  NOT x  ANDNOT x   without x; a minus only at the start, behind a blank or a parenthesis
    a OR b  a | b         either; AND may stand between words and changes nothing
    a PREFERABLY b        a; papers with b too come first
    ( … )                 a group; SU(2) is a word
    ti: abs: au: co: jr: rn: doi: id: all:   and title: abstract: author: comment: journal: report:
    au:"Lee, A"           a name; ^ before it for first authors, $ behind it for last ones
    cat:cs.LG+stat.ML     a category expression (app.domain.categories); cat:cs.* for an archive
    year:2020-2024  submitted:2024-01..2024-06  updated:…  announced:…  since:7d
    submittedDate:[202401010000 TO 202406302359]
    has:code has:doi has:journal is:withdrawn is:new is:cross
    similar:1706.03762    papers that share telling words with it

NEAR binds first, then NOT, then AND, then PREFERABLY, then OR. A prefix may stand before a group:
ti:(deep OR wide). `*` stands for every paper. arXiv identifiers and addresses in any written form,
and publishers' DOIs, are taken out of the words unless they are excluded, in a group or behind a
prefix: they name papers, and those papers come first in the answer.

Reading is lenient unless asked otherwise: whatever cannot be understood is read in the closest
sensible way, and a note says so.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.domain.arxiv_id import ArxivId
from app.domain.notes import say
from app.domain.query import NOTHING, Everything, Or, QueryField, QueryNode, Term
from app.text.query_fields import FIELD_PREFIXES
from app.text.query_grammar import build_tree
from app.text.query_render import render_query
from app.text.query_repair import repair_tokens
from app.text.query_scanner import scan_query
from app.text.query_tokens import Findings
from app.text.query_values import MAX_PHRASE_SLOP, ValueReader
from app.text.query_words import find_id

__all__ = [
    "FIELD_PREFIXES",
    "MAX_PHRASE_SLOP",
    "NOTHING",
    "ParsedQuery",
    "parse_query",
    "render_query",
]


_NAMING_FIELDS = (QueryField.ID, QueryField.DOI)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was understood.

    A paper answers it when `arxiv_ids` or `dois` name it, or when it matches `tree`.

    Attributes:
        tree: `NOTHING` when the text holds identifiers only, `Everything` when it is blank.
        arxiv_ids: papers named in the text, in its order, each once.
        notes: sentences about what was read otherwise than it was written.
        dois: publishers' DOIs named in the text, in its order, each once.
    """

    tree: QueryNode
    arxiv_ids: tuple[ArxivId, ...] = ()
    notes: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()


def parse_query(text: str, *, strict: bool = False, today: date | None = None) -> ParsedQuery:
    """The meaning of `text`.

    Args:
        text: what somebody typed.
        strict: refuse what would otherwise be guessed at.
        today: the day that `since:` counts from; None for today, UTC.

    Raises:
        InvalidQueryError: only with `strict`; it names the token and its column.

    >>> render_query(parse_query("(deep learning) title:survey").tree)
    'deep learning ti:survey'
    >>> parse_query("https://arxiv.org/pdf/1706.03762v5").arxiv_ids
    (ArxivId(value='1706.03762'),)
    """
    if not text.strip():
        return ParsedQuery(Everything())
    whole = find_id(text)
    if whole is not None:
        return ParsedQuery(NOTHING, (whole,))
    findings = Findings(strict)
    reader = ValueReader(findings, today or datetime.now(UTC).date())
    tree = build_tree(repair_tokens(scan_query(text, reader), findings))
    if tree is None and not findings.arxiv_ids and not findings.dois:
        findings.complain(
            say("There is nothing to search for."),
            say("Stop words and signs alone find nothing."),
            "Write words, names or numbers.",
            token=text,
            column=1,
        )
    if tree is not None and _take_names(tree, findings):
        tree = None
    return ParsedQuery(
        NOTHING if tree is None else tree,
        tuple(findings.arxiv_ids),
        tuple(findings.notes),
        tuple(findings.dois),
    )


def _take_names(tree: QueryNode, findings: Findings) -> bool:
    """Whether a whole query asks for identifiers and nothing else, which then are named papers."""
    leaves = tree.children if isinstance(tree, Or) else (tree,)
    ids = [leaf for leaf in leaves if isinstance(leaf, Term) and leaf.field in _NAMING_FIELDS]
    if len(ids) < len(leaves):
        return False
    named = {leaf.text: find_id(leaf.text) for leaf in ids}
    if any(leaf.field is QueryField.ID and named[leaf.text] is None for leaf in ids):
        return False
    for leaf in ids:
        arxiv_id = named[leaf.text]
        if arxiv_id is not None:
            findings.arxiv_ids[arxiv_id] = None
        else:
            findings.dois[leaf.text] = None
    return True
