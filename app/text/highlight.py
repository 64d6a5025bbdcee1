r"""Titles and abstracts with the words of a query marked, as HTML.

    query tree ── collect_wanted_terms ──> terms ── MarkFinder ──> spans ── choose_snippet ──> HTML

The text is escaped first and `<mark>` is put around the escaped pieces, so markup in a title stays
text. Whoever takes the marks out and unescapes has the original text again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape as html_escape

from app.domain.query import QueryField, QueryNode
from app.text.marked_terms import collect_wanted_terms
from app.text.marks import Mark, MarkFinder, clip_marks
from app.text.snippets import SNIPPET_CHARS, choose_snippet
from app.text.tex_spans import Span

OPEN, CLOSE = "<mark>", "</mark>"
GAP = " … "
"""Between the parts of a snippet, and where it leaves out the beginning or the end."""

MAX_MARKED_CHARS = 20_000
"""Longer texts are marked up to here; real abstracts end at 1,920 characters."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is shown of an abstract.

    Attributes:
        html: escaped, with marks.
        is_whole: whether nothing was left out.
    """

    html: str
    is_whole: bool


class Highlighter:
    """Marks what one query looks for; made once for a page of hits.

    Args:
        weights: what each index term says (its idf), for the choice of snippets.
    """

    def __init__(self, tree: QueryNode, weights: Mapping[str, float] | None = None) -> None:
        in_title = collect_wanted_terms(tree, QueryField.TITLE)
        in_abstract = collect_wanted_terms(tree, QueryField.ABSTRACT)
        self._title = MarkFinder(in_title)
        # What it has learnt of the words in one helps in the other.
        self._abstract = self._title if in_abstract == in_title else MarkFinder(in_abstract)
        self._weights = dict(weights or {})

    def mark_title(self, text: str) -> str:
        """The whole title as HTML."""
        return render_marked(text, _find_marks(self._title, text))

    def snip_abstract(self, text: str, *, max_chars: int = SNIPPET_CHARS) -> Snippet:
        """The sentences of an abstract that say most about the query."""
        marks = _find_marks(self._abstract, text)
        readable = text[:MAX_MARKED_CHARS]
        spans = choose_snippet(readable, marks, self._weights, max_chars=max_chars)
        is_whole = spans in ([], [(0, len(text))])
        return Snippet(render_parts(text, marks, spans), is_whole)


def render_marked(text: str, marks: Sequence[Mark], span: Span | None = None) -> str:
    """A text, or a span of it, as HTML with the marks that lie within.

    >>> render_marked("a < b", [Mark(0, 1, frozenset())])
    '<mark>a</mark> &lt; b'
    """
    start, end = span or (0, len(text))
    parts: list[str] = []
    # Quotation marks stay: the result is meant as content, never as an attribute.
    escape = partial(html_escape, quote=False)
    for mark in clip_marks(marks, (start, end)):
        parts += [
            escape(text[start : mark.start]),
            OPEN,
            escape(text[mark.start : mark.end]),
            CLOSE,
        ]
        start = mark.end
    parts.append(escape(text[start:end]))
    return "".join(parts)


def render_parts(text: str, marks: Sequence[Mark], spans: Sequence[Span]) -> str:
    """Spans of a text as HTML, with dots for what is left out."""
    if not spans:
        return ""
    html = GAP.join(render_marked(text, marks, span) for span in spans)
    before = GAP.lstrip() if text[: spans[0][0]].strip() else ""
    after = GAP.rstrip() if text[spans[-1][1] :].strip() else ""
    return f"{before}{html}{after}"


def _find_marks(finder: MarkFinder, text: str) -> list[Mark]:
    return finder.find_marks(text[:MAX_MARKED_CHARS])
