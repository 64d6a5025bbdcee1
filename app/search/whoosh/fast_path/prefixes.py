"""Terms of the dictionaries that begin with a text."""

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.fast_path.segments import StateView


def find_prefix_range(arrays: SegmentArrays, field: str, prefix: str) -> tuple[int, int]:
    """The terms of a segment's field that begin with `prefix`, as a half-open range."""
    number = arrays.find_field(field)
    if number < 0:
        return 0, 0
    key = layout.make_term_key(number, prefix.encode("utf-8"))
    # No byte of UTF-8 is 0xff, so this lies behind every continuation.
    return arrays.seek_key(key), arrays.seek_key(key + b"\xff")


def read_term(arrays: SegmentArrays, term: int) -> str:
    """The text of a term."""
    return arrays.get_term_key(term)[layout.KEY_FIELD_BYTES :].decode("utf-8")


def list_prefix_terms(state: StateView, field: str, prefix: str) -> list[str]:
    """All terms of a field that begin with `prefix`, in order of their text."""
    terms: set[str] = set()
    for segment in state.segments:
        first, last = find_prefix_range(segment.arrays, field, prefix)
        terms.update(read_term(segment.arrays, term) for term in range(first, last))
    return sorted(terms)
