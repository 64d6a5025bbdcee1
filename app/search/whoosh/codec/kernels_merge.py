"""Compiled: merging sorted keys, and moving postings and positions from one segment to another."""

# ruff: noqa: PLR0917  # compiled functions take arrays by position

import numpy as np

from app.search.whoosh.codec.kernels_compile import compiled


@compiled
def _compare(first, begin, end, second, other_begin, other_end):  # type: ignore[no-untyped-def]
    """Below, at or above 0 as one text of bytes comes before, is or comes after another."""
    size = min(end - begin, other_end - other_begin)
    for place in range(size):
        difference = np.int64(first[begin + place]) - np.int64(second[other_begin + place])
        if difference != 0:
            return difference
    return (end - begin) - (other_end - other_begin)


@compiled
def unite(first, first_ends, second, second_ends, united, united_ends):  # type: ignore[no-untyped-def]
    """Merge two ascending lists of distinct texts; returns how many distinct ones there are.

    Args:
        first_ends, second_ends: where each text begins, and the end of the last.
        united, united_ends: large enough for both.
    """
    one, other, count, size = 0, 0, 0, 0
    united_ends[0] = 0
    while one + 1 < len(first_ends) or other + 1 < len(second_ends):
        order = np.int64(0)
        if one + 1 == len(first_ends):
            order = np.int64(1)
        elif other + 1 == len(second_ends):
            order = np.int64(-1)
        else:
            order = _compare(
                first,
                first_ends[one],
                first_ends[one + 1],
                second,
                second_ends[other],
                second_ends[other + 1],
            )
        if order <= 0:
            for place in range(first_ends[one], first_ends[one + 1]):
                united[size] = first[place]
                size += 1
            one += 1
        else:
            for place in range(second_ends[other], second_ends[other + 1]):
                united[size] = second[place]
                size += 1
        if order >= 0:
            other += 1
        count += 1
        united_ends[count] = size
    return count


@compiled
def find_texts(united, united_ends, texts, ends, found):  # type: ignore[no-untyped-def]
    """Where each of some ascending texts stands in an ascending list that holds all of them."""
    place = 0
    for number in range(len(ends) - 1):
        while (
            _compare(
                united,
                united_ends[place],
                united_ends[place + 1],
                texts,
                ends[number],
                ends[number + 1],
            )
            != 0
        ):
            place += 1
        found[number] = place


@compiled
def count_occurrences(  # type: ignore[no-untyped-def]
    docs, codes, new_numbers, starts, targets, wide, wide_frequencies, occurrences
):
    """Add up the frequencies of living postings of a range of terms of a segment.

    Args:
        new_numbers: of each document; negative for a deleted one.
        starts: where the postings of each term begin, and the end.
        targets: the place of each term in `occurrences`.
        wide, wide_frequencies: postings among them whose codes do not hold the frequency.
    """
    next_wide = 0
    for term in range(len(targets)):
        total = np.int64(0)
        for posting in range(starts[term], starts[term + 1]):
            frequency = np.int64(codes[posting] >> 8)
            if next_wide < len(wide) and wide[next_wide] == posting:
                frequency = wide_frequencies[next_wide]
                next_wide += 1
            if new_numbers[docs[posting]] >= 0:
                total += frequency
        if total:
            occurrences[targets[term]] += total


@compiled
def move_postings(  # type: ignore[no-untyped-def]
    docs,
    codes,
    positions,
    new_numbers,
    starts,
    targets,
    position_shifts,
    wide,
    wide_frequencies,
    before,
    next_postings,
    next_positions,
    new_docs,
    new_codes,
    new_positions,
    new_wide,
):
    """Move the living postings of a range of terms behind what is there of each term already.

    Args:
        position_shifts: for each term what leads from sums of frequencies to its positions;
            negative where it has none.
        before: frequencies of all postings of the segment before the first term.
        next_postings, next_positions: by place of the term in the result; changed.
        new_wide: receives the new place of each of `wide` that lives; -1 before.
    """
    next_wide = 0
    place = before
    for term in range(len(targets)):
        target = targets[term]
        shift = position_shifts[term]
        next_posting, next_position = np.int64(0), np.int64(0)
        if target >= 0:
            next_posting, next_position = next_postings[target], next_positions[target]
        for posting in range(starts[term], starts[term + 1]):
            code = codes[posting]
            frequency = np.int64(code >> 8)
            is_wide = next_wide < len(wide) and wide[next_wide] == posting
            if is_wide:
                frequency = wide_frequencies[next_wide]
            number = new_numbers[docs[posting]]
            if number >= 0:
                new_docs[next_posting] = number
                new_codes[next_posting] = code
                if is_wide:
                    new_wide[next_wide] = next_posting
                next_posting += 1
                if shift >= 0:
                    source = place - shift
                    for offset in range(frequency):
                        new_positions[next_position + offset] = positions[source + offset]
                    next_position += frequency
            next_wide += is_wide
            place += frequency
        if target >= 0:
            next_postings[target], next_positions[target] = next_posting, next_position
