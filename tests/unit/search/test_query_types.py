"""Queries of our own whose matchers differ from Whoosh's."""

from dataclasses import dataclass
from typing import Any

from whoosh.matching import ListMatcher

from app.search.whoosh.query_types import WithOptional


@dataclass
class Listed:
    """A query that matches given documents with a score of 1."""

    documents: list[int]

    def matcher(self, _searcher: Any, _context: Any = None) -> ListMatcher:
        return ListMatcher(self.documents, all_weights=1.0)


def test_the_optional_part_follows_a_required_part_that_went_beyond_what_was_asked() -> None:
    matcher = WithOptional(Listed([1, 5]), Listed([1, 3, 5])).matcher(None)
    assert (matcher.id(), matcher.score()) == (1, 2.0)
    matcher.skip_to(2)
    assert (matcher.id(), matcher.score()) == (5, 2.0)
    matcher.skip_to(6)
    assert not matcher.is_active()
