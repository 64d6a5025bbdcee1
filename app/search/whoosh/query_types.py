"""The queries that Whoosh lacks, or that its own matchers answer slowly or wrongly."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from whoosh.matching import (
    AndMaybeMatcher,
    FilterMatcher,
    ListMatcher,
    NullMatcher,
    WrappingMatcher,
)
from whoosh.query import AndMaybe, AndNot, CompoundQuery, Or, Phrase, Query, SpanNear2, Term

from app.search.whoosh.scoring import JOINED_FIELDS
from app.search.whoosh.term_patterns import TermPattern
from app.search.whoosh.weighting import JointChange


class AnyOf(Or):  # type: ignore[misc]  # Whoosh has no types
    """`Or` that adds up the scores of 2,048 documents at a time.

    Measured on all matches of 1 to 5 words: p95 a third below Whoosh's tree of pairs. It takes a
    score of 0 for "no match", so every child has to score above 0, as BM25F terms do.
    """

    matcher_type = Or.ARRAY_MATCHER

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """The union; words looked for in title and abstract score as words of one text."""
        everything = Or([*self.subqueries, *self._list_joint_changes()])
        everything.matcher_type = self.matcher_type
        return everything.matcher(searcher, context)

    def _list_joint_changes(self) -> list[JointChange]:
        words = {(q.fieldname, q.text, q.boost) for q in self.subqueries if type(q) is Term}
        title, abstract = JOINED_FIELDS
        return [
            JointChange(text, boost)
            for field, text, boost in words
            if field == title and (abstract, text, boost) in words
        ]


class AtLeastOf(CompoundQuery):  # type: ignore[misc]  # Whoosh has no types
    """Documents that match so many of the subqueries; Whoosh's `Or` does not have it."""

    JOINT = " OR "

    def __init__(self, subqueries: Sequence[Any], minimum: int, boost: float = 1.0) -> None:
        super().__init__(list(subqueries), boost)
        self.minimum = minimum

    def __repr__(self) -> str:
        return f"AtLeastOf({self.subqueries!r}, {self.minimum})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents of enough subqueries, with the scores of all that match added up."""
        boolean = searcher.boolean_context()
        met: Counter[int] = Counter()
        for query in self.subqueries:
            met.update(set(query.matcher(searcher, boolean).all_ids()))
        enough = frozenset(number for number, count in met.items() if count >= self.minimum)
        # Each subquery is scored apart from the others, so this is no `AnyOf`.
        everything = Or(self.subqueries)
        everything.matcher_type = Or.ARRAY_MATCHER
        return FilterMatcher(everything.matcher(searcher, context), enough)


class Without(AndNot):  # type: ignore[misc]  # Whoosh has no types
    """`AndNot` by the set of excluded documents.

    Whoosh's own matcher lets the first match of `a` through when `b` has matches before it, and
    reads past the end when it is skipped beyond the last match of `a`.
    """

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents of `a` that `b` does not match, with the scores of `a`."""
        wanted = self.a.matcher(searcher, context)
        excluded = self.b.matcher(searcher, searcher.boolean_context())
        return FilterMatcher(wanted, frozenset(excluded.all_ids()), exclude=True)


class _WithOptionalMatcher(AndMaybeMatcher):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's matcher, whose optional part follows the required one wherever it went.

    Its own leaves the optional part at the document asked for, short of the one that the required
    part went on to, and so loses that document's score.
    """

    def skip_to(self, number: int) -> bool:
        """Go on to the first document of the required part from `number` on."""
        moved = self.a.skip_to(number)
        self._first_b()
        return bool(moved)

    def skip_to_quality(self, minquality: float) -> int:
        """Pass over blocks that score too little; returns how many."""
        skipped = super().skip_to_quality(minquality)
        self._first_b()
        return int(skipped)


class WithOptional(AndMaybe):  # type: ignore[misc]  # Whoosh has no types
    """`AndMaybe` that never loses the score of its optional part."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents of `a`, with the scores of `b` added where it matches too."""
        return _WithOptionalMatcher(
            self.a.matcher(searcher, context), self.b.matcher(searcher, context)
        )


class GappedPhrase(Phrase):  # type: ignore[misc]  # Whoosh has no types
    """Words at the same distances as in the query, or up to `slop` places further apart.

    Whoosh's own phrase knows one distance for all; "state of the art" without its stop words
    has a gap of three.
    """

    def __init__(
        self, field: str, parts: Sequence[tuple[int, str]], *, slop: int = 0, boost: float = 1.0
    ) -> None:
        super().__init__(field, [word for _position, word in parts], slop=slop, boost=boost)
        positions = [position for position, _word in parts]
        self.gaps = tuple(after - before for before, after in pairwise(positions))

    def __repr__(self) -> str:
        return f"{super().__repr__()} gaps {self.gaps}"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Documents that hold the phrase; their score is the sum of the words' scores."""
        reader = searcher.reader()
        if any((self.fieldname, word) not in reader for word in self.words):
            return NullMatcher()
        first, *rest = (Term(self.fieldname, word) for word in self.words)
        query: Any = first
        for word, gap in zip(rest, self.gaps, strict=True):
            query = SpanNear2([query, word], slop=gap + self.slop, mindist=gap)
        matcher = query.matcher(searcher, context)
        return matcher if self.boost == 1.0 else WrappingMatcher(matcher, boost=self.boost)


class TermsLike(Query):  # type: ignore[misc]  # Whoosh has no types
    """Documents that hold any index term of a field that a pattern means; all score `boost`.

    Whoosh's own prefixes and wildcards score each term by its rareness, so that misspellings,
    which are the rarest, would come first; and of more than 1,024 terms they score none.
    """

    def __init__(self, fieldname: str, pattern: TermPattern, boost: float = 1.0) -> None:
        self.fieldname = fieldname
        self.pattern = pattern
        self.boost = boost

    def __repr__(self) -> str:
        return f"TermsLike({self.fieldname!r}, {self.pattern!r}, boost={self.boost})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(repr(self))

    def estimate_size(self, reader: Any) -> int:
        """An upper bound of the matches."""
        return int(reader.doc_count_all())

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Those documents."""
        del context
        reader = searcher.reader()
        numbers: set[int] = set()
        for term in reader.expand_prefix(self.fieldname, self.pattern.prefix):
            if self.pattern.matches(term.decode("utf-8")):
                numbers.update(reader.postings(self.fieldname, term).all_ids())
        living = sorted(number for number in numbers if not reader.is_deleted(number))
        return ListMatcher(living, all_weights=self.boost)
