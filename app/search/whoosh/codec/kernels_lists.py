"""Compiled: matches of queries in which some clause is rare.

The rarest clause leads: its documents, a chunk at a time, are looked up in all other ranges, from
where the last look-up ended. Cost follows the rare clause, not the number of documents.
"""

# ruff: noqa: PLR0917  # compiled functions take arrays by position; numba has no other way

import numpy as np

from app.search.whoosh.codec.kernel_tables import join_odds
from app.search.whoosh.codec.kernel_types import NO_LIST, ClauseKind
from app.search.whoosh.codec.kernels_compile import compiled
from app.search.whoosh.codec.kernels_top import emit_chunk
from app.search.whoosh.codec.kernels_windows import gallop

CHUNK_DOCS = 4_096
"""Documents of the leading clause that are carried through all others together."""

_REQUIRED = int(ClauseKind.REQUIRED)
_OPTIONAL = int(ClauseKind.OPTIONAL)
_EXCLUDED = int(ClauseKind.EXCLUDED)
_NONE_LEFT = np.int64(2**62)
_join_odds = compiled(join_odds)


@compiled
def _stand(postings, ranges, places, heads):  # type: ignore[no-untyped-def]
    """The document at which every leading range stands, in `heads`."""
    for r in range(heads.shape[0]):
        heads[r] = _NONE_LEFT
        if places[r] < ranges.ends[r] and ranges.slots[r] == NO_LIST:
            heads[r] = postings.list_docs[places[r]]
        elif places[r] < ranges.ends[r]:
            heads[r] = postings.docs[places[r]]


@compiled
def _merge_lead(postings, ranges, tables, places, heads, conditions, chunk):  # type: ignore[no-untyped-def]
    """Fill a chunk with the union of the leading ranges; returns how many documents it holds."""
    # Columns are taken out of their tuples once: doing it for every posting costs more than all
    # the rest.
    docs, scores, hits, _marks, _notes = chunk
    term_docs, codes = postings.docs, postings.codes
    list_docs, list_scores = postings.list_docs, postings.list_scores
    ends, slots, weights, clauses = ranges.ends, ranges.slots, ranges.weights, ranges.clauses
    joins, table, odds, ceiling = ranges.joins, tables.scores, tables.odds, tables.ceiling
    mask, base_score = conditions.mask, conditions.base_score
    has_mask, counts = mask.shape[0] > 0, conditions.required == 0
    size = 0
    while size < docs.shape[0]:
        doc = _NONE_LEFT
        for r in range(heads.shape[0]):
            doc = min(doc, heads[r])
        if doc == _NONE_LEFT:
            break
        score, met, latest = base_score, 0, -1
        # The code in the range before, which one that joins it needs; code 0 is worth nothing.
        before = np.uint16(0)
        for r in range(heads.shape[0]):
            if heads[r] != doc:
                before = np.uint16(0)
                continue
            place, slot = places[r], slots[r]
            is_left = place + 1 < ends[r]
            if slot == NO_LIST:
                score += weights[r] * list_scores[place]
                heads[r] = np.int64(list_docs[place + 1]) if is_left else _NONE_LEFT
            else:
                code = codes[place]
                if joins[r] != 0:
                    joint = _join_odds(odds[slots[r - 1], before], odds[slot, code], ceiling)
                    score += weights[r] * (joint - table[slots[r - 1], before])
                else:
                    score += weights[r] * table[slot, code]
                before = code
                heads[r] = np.int64(term_docs[place + 1]) if is_left else _NONE_LEFT
            places[r] = place + 1
            met += clauses[r] != latest
            latest = clauses[r]
        docs[size] = doc
        scores[size] = score
        hits[size] = met if counts else 0
        size += not has_mask or mask[doc] != 0
    return size


@compiled
def _look_up_terms(docs, codes, table, weight, place, end, chunk, size):  # type: ignore[no-untyped-def]
    """Add a term's scores to the documents of the chunk that hold it; returns where it stands."""
    wanted, scores, _hits, marks, notes = chunk
    for at in range(size):
        place = gallop(docs, place, end, wanted[at])
        if place >= end:
            break
        if docs[place] == wanted[at]:
            scores[at] += weight * table[codes[place]]
            marks[at] = 1
            notes[at] = codes[place]
    return place


@compiled
def _look_up_joined(docs, codes, rows, weight, place, end, chunk, size):  # type: ignore[no-untyped-def]
    """The same for a range that joins the one before, whose codes are in the notes."""
    wanted, scores, _hits, marks, notes = chunk
    scores_before, odds_before, odds, ceiling = rows
    for at in range(size):
        place = gallop(docs, place, end, wanted[at])
        if place >= end:
            break
        if docs[place] == wanted[at]:
            joint = _join_odds(odds_before[notes[at]], odds[codes[place]], ceiling)
            scores[at] += weight * (joint - scores_before[notes[at]])
            marks[at] = 1
    return place


@compiled
def _look_up_list(docs, values, weight, place, end, chunk, size):  # type: ignore[no-untyped-def]
    """The same for a list of documents with ready-made scores."""
    wanted, scores, _hits, marks, _notes = chunk
    for at in range(size):
        place = gallop(docs, place, end, wanted[at])
        if place >= end:
            break
        if docs[place] == wanted[at]:
            scores[at] += weight * values[place]
            marks[at] = 1
    return place


@compiled
def _look_up(postings, ranges, tables, places, r, chunk, size):  # type: ignore[no-untyped-def]
    weight, slot, place, end = ranges.weights[r], ranges.slots[r], places[r], ranges.ends[r]
    if slot == NO_LIST:
        places[r] = _look_up_list(
            postings.list_docs, postings.list_scores, weight, place, end, chunk, size
        )
    elif ranges.joins[r] != 0:
        before = ranges.slots[r - 1]
        rows = tables.scores[before], tables.odds[before], tables.odds[slot], tables.ceiling
        places[r] = _look_up_joined(
            postings.docs, postings.codes, rows, weight, place, end, chunk, size
        )
    else:
        chunk[4][:size] = 0
        places[r] = _look_up_terms(
            postings.docs, postings.codes, tables.scores[slot], weight, place, end, chunk, size
        )


@compiled
def _keep(chunk, size):  # type: ignore[no-untyped-def]
    """Move the marked documents to the front; returns how many there are."""
    docs, scores, hits, marks, _notes = chunk
    kept = 0
    for at in range(size):
        docs[kept], scores[kept], hits[kept] = docs[at], scores[at], hits[at]
        kept += marks[at]
    return kept


@compiled
def _narrow(postings, ranges, tables, places, lead_count, conditions, chunk, size):  # type: ignore[no-untyped-def]
    """Carry a chunk through all clauses behind the leading one; returns how many remain."""
    _docs, _scores, hits, marks, _notes = chunk
    range_count = ranges.starts.shape[0]
    r = lead_count
    while r < range_count and size > 0:
        clause = ranges.clauses[r]
        kind = ranges.kinds[clause]
        marks[:size] = 0
        while r < range_count and ranges.clauses[r] == clause:
            _look_up(postings, ranges, tables, places, r, chunk, size)
            r += 1
        if kind == _OPTIONAL:
            for at in range(size):
                hits[at] += marks[at]
            continue
        if kind == _EXCLUDED:
            for at in range(size):
                marks[at] = 1 - marks[at]
        size = _keep(chunk, size)
    least = conditions.least_optional
    if least > 0:
        for at in range(size):
            marks[at] = np.uint8(hits[at] >= least)
        size = _keep(chunk, size)
    return size


@compiled
def count_lead(ranges, required):  # type: ignore[no-untyped-def]
    """How many ranges lead: those of the first required clause, else all optional ones."""
    lead_count = 0
    for r in range(ranges.starts.shape[0]):
        clause = ranges.clauses[r]
        if clause == 0 if required > 0 else ranges.kinds[clause] == _OPTIONAL:
            lead_count = r + 1
    return lead_count


@compiled
def collect_lists(postings, ranges, tables, conditions, order, top, facets, matches):  # type: ignore[no-untyped-def]
    """Offer, list or count all matches of one segment; returns how many there are.

    Without a required clause there must be no base score, which every document would match.
    """
    chunk = (
        np.empty(CHUNK_DOCS, np.uint32),  # documents
        np.empty(CHUNK_DOCS, np.float64),  # scores
        np.empty(CHUNK_DOCS, np.int64),  # optional clauses met
        np.empty(CHUNK_DOCS, np.uint8),  # marks
        np.empty(CHUNK_DOCS, np.uint16),  # codes in the range looked up last
    )
    places = ranges.starts.copy()
    lead_count = count_lead(ranges, conditions.required)
    heads = np.empty(lead_count, np.int64)
    _stand(postings, ranges, places, heads)
    total = np.int64(0)
    while True:
        size = _merge_lead(postings, ranges, tables, places, heads, conditions, chunk)
        if size == 0:
            return total
        size = _narrow(postings, ranges, tables, places, lead_count, conditions, chunk, size)
        emit_chunk(chunk[0][:size], chunk[1][:size], total, order, top, facets, matches)
        total += size


@compiled
def intersect(first, second, places):  # type: ignore[no-untyped-def]
    """Put the places of shared numbers into the rows of `places`; returns how many there are."""
    found = 0
    end = second.shape[0]
    place = np.int64(0)
    for at in range(first.shape[0]):
        place = gallop(second, place, end, first[at])
        if place >= end:
            break
        if second[place] == first[at]:
            places[0, found] = at
            places[1, found] = place
            found += 1
    return found
