"""The bulk build against the builder that takes one document at a time through the analyzers."""

import dataclasses
import gzip
import json
import os
import signal
import threading
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from whoosh.fields import ID, TEXT, Schema

from app.search.whoosh.codec import bulk, bulk_numbers, layout
from app.search.whoosh.codec.bulk import BulkBuilder
from app.search.whoosh.codec.bulk_batch import make_batch
from app.search.whoosh.codec.bulk_kernels import NUMPY_KERNELS, BulkKernels, load_bulk_kernels
from app.search.whoosh.codec.bulk_pieces import PROSE, choose_kind
from app.search.whoosh.codec.bulk_run import RunBuilder
from app.search.whoosh.codec.bulk_worker import BulkWorker, TakenBatches
from app.search.whoosh.codec.document_columns import PAPER_NUMBERS
from app.search.whoosh.codec.segment_arrays import SegmentArrays
from app.search.whoosh.codec.segment_columns import SegmentColumns
from app.search.whoosh.schema import make_schema
from tests.support.segment_builder import build_columns
from tests.unit.real_data import data_file

Row = dict[str, Any]

FRAGMENTS = (
    *("graph", "Graphs", "the", "non-invasive", "GPT-4.5", "a-b-c", "x.", "3.14", "don't", "-"),
    *(r"Schr\"odinger", r"\'e", r"\' e", "\\o ", r"{\o}", r"\O{}re", r"\alpha", r"$\ell_1$"),
    *(r"{ \'e }", "}", "{", "$", "_", "^", "\\", "~", r"/\~x", r"\bf*x", r"a\bf*b", r"\,"),
    *(r"\frac{a} {b}", r"$f(x)=\Omega$", r"(\cite{q},", "L^ 2", "x_{10}", "\xa0", "\x1f", "\n"),
    *("Schrödinger's", "β", "β-decay", "ﬁnite", "“quoted”", "中文摘要", "naïve-Bayes", "e\u0301"),
    *("'s", "Ⅳ", "  ", ", ", "cat-s", "-ray", "x--y", "up-", "a-b-c-d", "Non-", "-4'", "of-the"),
)
texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=14).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda glue: glue.join(parts))
)
encodable_texts = texts.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))


categories = st.sampled_from(["cs.LG", "math.CO", "hep-th"])


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Documents with any text in any field, fields missing here and there."""
    documents = []
    for number in range(draw(st.integers(0, 5))):
        row: Row = {
            "arxiv_id": f"2001.{number + 1:05}",
            "bare_ids": f"2001.{number + 1:05}",
            "authors": "\n".join(draw(st.lists(encodable_texts, max_size=3))),
            "author_names": "\n".join(draw(st.lists(encodable_texts, max_size=3))),
            "categories": " ".join(
                draw(st.lists(st.sampled_from(["cs.LG", "math.CO"]), max_size=3))
            ),
            "submitted": draw(st.integers(0, 2**32 - 1)),
            "updated": draw(st.integers(0, 2**32 - 1)),
        }
        for name in ("title", "abstract", "comments", "journal_ref", "report_no", "doi"):
            row[name] = draw(encodable_texts)
        documents.append({name: value for name, value in row.items() if value != ""})
    return documents


def read_rows(limit: int) -> list[Row]:
    """Real records."""
    with gzip.open(data_file("arxiv/papers-100k.jsonl.gz")) as file:
        records = [json.loads(line) for line in islice(file, limit)]
    return [
        {
            "arxiv_id": record["id"],
            "bare_ids": record["id"],
            "submitted": number,
            "updated": number + 1,
            **{
                name: value
                for name, value in (
                    ("title", record["title"]),
                    ("abstract", record["abstract"]),
                    ("authors", (record["authors"] or "").replace(", ", "\n")),
                    ("author_names", (record["authors"] or "").replace(", ", "\n")),
                    ("categories", record["categories"]),
                    ("comments", record["comments"]),
                    ("journal_ref", record["journal-ref"]),
                    ("doi", record["doi"]),
                )
                if value
            },
        }
        for number, record in enumerate(records)
    ]


def build_one_by_one(documents: Sequence[Row]) -> SegmentColumns:
    return build_columns(make_schema(), documents)


def build_in_bulk(
    documents: Sequence[Row], kernels: BulkKernels, batch_size: int = 2
) -> SegmentColumns:
    run = RunBuilder(make_schema(), kernels)
    for first in range(0, len(documents), batch_size):
        run.add(make_batch(documents[first : first + batch_size], PAPER_NUMBERS))
    return run.build()


def assert_equal_columns(found: SegmentColumns, expected: SegmentColumns) -> None:
    for field in dataclasses.fields(SegmentColumns):
        ours, theirs = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(ours, np.ndarray):
            assert ours.tolist() == theirs.tolist(), field.name
        else:
            assert ours == theirs, field.name


def assert_equal_segment(arrays: SegmentArrays, expected: SegmentColumns) -> None:
    for name in layout.ITEM_TYPES:
        theirs = np.asarray(getattr(expected, name))
        assert np.array_equal(arrays.get(name), theirs), name
    assert arrays.facts.field_names == expected.field_names
    assert arrays.facts.field_lengths == expected.field_lengths
    assert arrays.facts.category_names == expected.category_names


@pytest.mark.parametrize("kernels", [load_bulk_kernels(), NUMPY_KERNELS], ids=["best", "numpy"])
def test_frequencies_and_positions_beyond_the_usual_width(kernels: BulkKernels) -> None:
    documents = [
        {"arxiv_id": "2001.00001", "title": "graph " * 255, "abstract": "graph tree " * 300},
        {"arxiv_id": "2001.00002", "abstract": "leaf " + "of the " * 33_000 + "graph"},
        {"arxiv_id": "2001.00003", "title": "graph " * 256, "journal_ref": "A " * 700},
    ]
    found = build_in_bulk(documents, kernels)
    assert found.positions.dtype == np.uint32
    assert found.wide_frequencies.tolist() == [300, 300, 700, 256]
    assert_equal_columns(found, build_one_by_one(documents))


@given(rows())
@example([{"arxiv_id": "2001.00001", "comments": "\\o  \xa0 graph"}])
def test_a_run_equals_documents_added_one_by_one(documents: list[Row]) -> None:
    expected = build_one_by_one(documents)
    assert_equal_columns(build_in_bulk(documents, load_bulk_kernels()), expected)
    assert_equal_columns(build_in_bulk(documents, NUMPY_KERNELS), expected)


@pytest.mark.data
def test_real_papers_are_indexed_as_by_the_ordinary_builder() -> None:
    documents = read_rows(2_000)
    expected = build_one_by_one(documents)
    assert_equal_columns(build_in_bulk(documents, load_bulk_kernels(), 500), expected)
    assert_equal_columns(build_in_bulk(documents, NUMPY_KERNELS, 300), expected)


def make_documents(count: int) -> list[Row]:
    """Invented papers that share some words."""
    return [
        {
            "arxiv_id": f"2001.{number + 1:05}",
            "bare_ids": f"2001.{number + 1:05}",
            "title": f"Graph number{number % 7} of a non-invasive $\\ell_{number % 3}$ test",
            "abstract": " ".join(f"word{number * factor % 31}" for factor in range(1, 40)),
            "authors": f"A. Author{number % 5}\nB. Müller",
            "author_names": f"A. Author{number % 5}\nB. Müller",
            "categories": ("cs.LG math.CO", "hep-th")[number % 2],
            "submitted": 1_000 + number,
            "updated": 2_000 + number,
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("processes", [1, 2])
def test_runs_are_merged_to_one_segment(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SMALL_BUILD_DOCUMENTS", 40)
    monkeypatch.setattr(bulk, "RUN_DOCUMENTS", 60)
    documents = make_documents(400)
    with BulkBuilder(tmp_path, processes=processes) as builder:
        for first in range(0, len(documents), 20):
            builder.add(documents[first : first + 20])
        facts = builder.finish("MAIN_bulk")
    assert facts is not None
    assert {path.name for path in tmp_path.iterdir()} == facts.file_names
    arrays = SegmentArrays.open(tmp_path, "MAIN_bulk")
    arrays.verify()
    assert_equal_segment(arrays, build_one_by_one(documents))


def test_what_waits_for_the_second_process_is_shared_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the second process held up, the first one takes runs from it, whole and in part."""
    monkeypatch.setattr(bulk, "SMALL_BUILD_DOCUMENTS", 40)
    monkeypatch.setattr(bulk, "RUN_DOCUMENTS", 600)
    monkeypatch.setattr(bulk, "LEAD_OF_WORKER", 100)
    shares = []
    take_back = BulkWorker.take_back

    def note(worker: BulkWorker) -> TakenBatches | None:
        taken = take_back(worker)
        if taken is None:
            worker._process.send_signal(signal.SIGCONT)
        else:
            shares.append((len(taken.batches), taken.is_whole))
        return taken

    monkeypatch.setattr(BulkWorker, "take_back", note)
    documents = make_documents(2_400)
    with BulkBuilder(tmp_path, processes=2) as builder:
        for first in range(0, len(documents), 200):
            builder.add(documents[first : first + 200])
            if first == 0:
                assert builder._worker is not None
                builder._worker._process.send_signal(signal.SIGSTOP)
        facts = builder.finish("MAIN_bulk")
    assert facts is not None
    assert (3, True) in shares
    assert any(not is_whole for _, is_whole in shares)
    assert_equal_segment(SegmentArrays.open(tmp_path, "MAIN_bulk"), build_one_by_one(documents))


def test_nothing_gives_no_segment(tmp_path: Path) -> None:
    with BulkBuilder(tmp_path) as builder:
        assert builder.finish("MAIN_bulk") is None
    assert list(tmp_path.iterdir()) == []


def start_two_processes(builder: BulkBuilder) -> int:
    """The process id of the second one, which has work to do."""
    documents = make_documents(100)
    builder.add(documents[:40])
    builder.add(documents[40:])
    assert builder._worker is not None
    return builder._worker._process.pid


def test_a_build_given_up_leaves_no_process_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SMALL_BUILD_DOCUMENTS", 40)
    with BulkBuilder(tmp_path, processes=2) as builder:
        process_id = start_two_processes(builder)
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)
    assert list(tmp_path.iterdir()) == []
    assert "bulk-sender" not in {thread.name for thread in threading.enumerate()}


def test_a_second_process_that_dies_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SMALL_BUILD_DOCUMENTS", 40)
    with BulkBuilder(tmp_path, processes=2) as builder:
        os.kill(start_two_processes(builder), signal.SIGKILL)
        with pytest.raises(OSError, match="ended with code -9"):
            builder.finish("MAIN_bulk")
    assert list(tmp_path.iterdir()) == []


def test_more_pieces_than_are_remembered_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_numbers, "MAX_TABLE_ITEMS", 10)
    run = RunBuilder(make_schema(), load_bulk_kernels())
    for first in (0, 50):
        documents = make_documents(100)[first : first + 50]
        run.add(make_batch(documents, PAPER_NUMBERS))
        assert_equal_columns(run.build(), build_one_by_one(documents))


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (lambda: Schema(title=TEXT()), "field title is analysed by CompositeAnalyzer"),
        (lambda: Schema(note=ID(stored=True)), "field note is stored or sortable"),
        (lambda: Schema(note=ID(sortable=True)), "field note is stored or sortable"),
    ],
)
def test_fields_it_does_not_know_are_refused(schema: Callable[[], Schema], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        RunBuilder(schema(), NUMPY_KERNELS)


@given(encodable_texts)
def test_pieces_hold_all_tokens_of_a_text(text: str) -> None:
    """Cutting into pieces loses no term and no position."""
    analyzer = make_schema()["title"].analyzer
    position, terms = 0, []
    for piece in PROSE.split(text):
        entries = PROSE.analyse([PROSE.lower(piece)])
        found = zip(entries.offsets.tolist(), entries.terms, strict=True)
        terms += [(position + offset, term) for offset, term in found]
        position += int(entries.widths[0])
    # The joined spelling of a compound stands before its first part.
    assert sorted(terms) == sorted(analyzer.list_terms(text))


def test_every_text_field_of_the_index_has_a_kind() -> None:
    kinds = {
        name: choose_kind(name, field).name
        for name, field in make_schema().items()
        if field.indexed
    }
    assert kinds["title"] == kinds["abstract"] == kinds["comments"] == "prose"
    assert (kinds["authors"], kinds["journal_ref"]) == ("names", "references")
    assert (kinds["arxiv_id"], kinds["doi"]) == ("identifiers", "keywords")
