"""The vocabulary of one state of the database, and the folder it is kept in.

    lexicon/
      CURRENT                   name of the folder that answers
      lexicon-48210-5f0c21aa/   tables as .npy arrays, and facts.json

The files are derived and disposable like the index, but no part of its commits: frequencies here
only order candidates, and every number shown to people is counted by the engine. So a lexicon that
is a little behind, or missing, makes suggestions poorer and nothing wrong. Readers map the arrays:
opening takes milliseconds at any size, and what is not asked for costs no memory.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import SearchIndexError
from app.search.lexicon.deletions import MIN_CHARS, DeletionIndex, make_deletion_index
from app.search.lexicon.table import StringTable, make_table

FORMAT_VERSION = 2
"""Raised whenever files or their contents change; a lexicon of another version is built anew."""

FOLDER_NAME = "lexicon"
_POINTER = "CURRENT"
_FACTS = "facts.json"
_TABLES = ("words", "phrases", "authors", "meanings", "short_forms")
_ARRAYS = ("text", "offsets", "counts")

MIN_CORRECTION_COUNT = 2
"""A word that only one title holds may be a misspelling itself and corrects nothing."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the titles, abstracts and author lists up to a database change hold.

    Attributes:
        change_number: the last database change that was counted.
        words: plain words, with the number of titles.
        phrases: entries (`app.text.title_words`) of word sequences, with the number of titles.
        authors: entries of names by family name, with the number of papers.
        meanings: entries of acronyms (`app.text.acronym_entries`) by short form, with the number
            of abstracts that explain them so.
        short_forms: the same by long form.
        deletions: the words by what remains when letters are left out.
    """

    change_number: int
    words: StringTable
    phrases: StringTable
    authors: StringTable
    meanings: StringTable
    short_forms: StringTable
    deletions: DeletionIndex


def make_lexicon(
    change_number: int,
    *,
    words: Iterable[tuple[str, int]] = (),
    phrases: Iterable[tuple[str, int]] = (),
    authors: Iterable[tuple[str, int]] = (),
    meanings: Iterable[tuple[str, int]] = (),
    short_forms: Iterable[tuple[str, int]] = (),
) -> Lexicon:
    """A lexicon of counted strings, each kind in the order of UTF-8."""
    table = make_table(words)
    targets = [
        (word, number)
        for number, (word, count) in enumerate(table)
        if count >= MIN_CORRECTION_COUNT and len(word) >= MIN_CHARS
    ]
    deletions = make_deletion_index(
        [word for word, _number in targets],
        np.array([number for _word, number in targets], np.uint32),
    )
    return Lexicon(
        change_number,
        table,
        make_table(phrases),
        make_table(authors),
        make_table(meanings),
        make_table(short_forms),
        deletions,
    )


def save_lexicon(index_dir: Path, lexicon: Lexicon) -> None:
    """Let a lexicon answer in place of the one before, in one step.

    Raises:
        SearchIndexError: the files cannot be written; the lexicon before stays.
    """
    parent = index_dir / FOLDER_NAME
    folder = parent / f"lexicon-{lexicon.change_number}-{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True)
        for name, array in _list_arrays(lexicon).items():
            np.save(folder / f"{name}.npy", array)
        facts = {"format_version": FORMAT_VERSION, "change_number": lexicon.change_number}
        (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
        pointer = parent / f"{_POINTER}-{secrets.token_hex(4)}"
        pointer.write_text(folder.name, encoding="ascii")
        os.replace(pointer, parent / _POINTER)  # noqa: PTH105 - names the atomic call
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise SearchIndexError(
            f"The lexicon of suggestions cannot be written ({error}). Make room or permit writing "
            f"in {parent}, then run `papersift index` again."
        ) from error
    sweep_lexicons(index_dir)


def sweep_lexicons(index_dir: Path) -> None:
    """Remove former lexicons, and what a writer that died left behind.

    A reader keeps the files it has mapped, also when their names are gone.
    """
    kept = {_POINTER, find_lexicon_name(index_dir)}
    for path in (index_dir / FOLDER_NAME).iterdir():
        if path.name not in kept:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def find_lexicon_name(index_dir: Path) -> str:
    """The name of the folder that answers; empty when there is none."""
    try:
        return (index_dir / FOLDER_NAME / _POINTER).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def find_lexicon(index_dir: Path) -> Lexicon | None:
    """The lexicon that answers; None when there is none that this program can read."""
    name = find_lexicon_name(index_dir)
    if not name.startswith("lexicon-") or "/" in name:
        return None
    folder = index_dir / FOLDER_NAME / name
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        if facts["format_version"] != FORMAT_VERSION:
            return None
        arrays = {
            # A plain view of the map: slices of numpy's own memmap cost four times as much.
            each: np.asarray(np.load(folder / f"{each}.npy", mmap_mode="r", allow_pickle=False))
            for each in _list_names()
        }
        words, phrases, authors, meanings, short_forms = (
            StringTable(*(arrays[f"{table}-{each}"] for each in _ARRAYS)) for table in _TABLES
        )
        return Lexicon(
            int(facts["change_number"]),
            words,
            phrases,
            authors,
            meanings,
            short_forms,
            DeletionIndex(arrays["deletions-hashes"], arrays["deletions-numbers"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        # Damaged, or replaced meanwhile: the next run of the indexer writes another.
        return None


def _list_names() -> list[str]:
    names = [f"{table}-{each}" for table in _TABLES for each in _ARRAYS]
    return [*names, "deletions-hashes", "deletions-numbers"]


def _list_arrays(lexicon: Lexicon) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name in _TABLES:
        table: StringTable = getattr(lexicon, name)
        arrays |= {f"{name}-{each}": getattr(table, each) for each in _ARRAYS}
    arrays["deletions-hashes"] = lexicon.deletions.hashes
    arrays["deletions-numbers"] = lexicon.deletions.numbers
    return arrays
