"""Authors with the most papers over several segments, against adding all of them up."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.search.whoosh.codec import layout
from app.search.whoosh.codec.kernel_protocol import Kernels
from app.search.whoosh.codec.kernel_types import freeze
from app.search.whoosh.codec.kernels import load_kernels
from app.search.whoosh.codec.kernels_numpy import NumpyKernels
from app.search.whoosh.codec.name_columns import NameList, make_name_arrays
from app.search.whoosh.fast_path import facets

counters = st.lists(
    st.dictionaries(st.integers(0, 40).map(lambda number: f"ä{number}"), st.integers(0, 6)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(segments=counters, limit=st.integers(1, 5), first=st.integers(1, 4))
@pytest.mark.parametrize("kernels", [load_kernels(), NumpyKernels()], ids=["compiled", "numpy"])
def test_the_most_frequent_authors_are_those_of_a_full_count(
    monkeypatch: pytest.MonkeyPatch,
    kernels: Kernels,
    segments: list[dict[str, int]],
    limit: int,
    first: int,
) -> None:
    monkeypatch.setattr(facets, "MAX_AUTHORS", limit)
    monkeypatch.setattr(facets, "_FIRST_CANDIDATES", first)
    monkeypatch.setattr(facets, "_MORE_CANDIDATES", 2)
    names, counts = [], []
    expected: Counter[str] = Counter()
    for segment in segments:
        arrays = make_name_arrays([name.encode() for name in segment])
        listed = NameList(
            freeze(arrays[layout.AUTHOR_NAMES]),
            freeze(arrays[layout.AUTHOR_NAME_OFFSETS].astype(np.uint32)),
        )
        names.append(listed)
        counts.append(np.array([segment[str(name, "utf-8")] for name in listed], np.int64))
        expected.update(segment)
    found = facets.sum_most_frequent(names, counts, kernels)
    assert rank(found)[:limit] == rank(expected)[:limit]


def rank(counts: Counter[str]) -> list[tuple[int, str]]:
    return sorted((-count, name) for name, count in counts.items() if count)


def test_names_are_listed_once_in_order_and_codes_follow_the_document() -> None:
    arrays = make_name_arrays([b"Zoe\nAda\nZoe", b"", b"Ada\n\nMia"])
    listed = NameList(arrays[layout.AUTHOR_NAMES], arrays[layout.AUTHOR_NAME_OFFSETS])
    assert list(listed) == [b"Ada", b"Mia", b"Zoe"]
    assert arrays["author_offsets"].tolist() == [0, 2, 2, 4]
    assert arrays[layout.AUTHOR_CODES].tolist() == [2, 0, 0, 1]
