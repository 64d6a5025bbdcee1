"""Jumping from candidate to candidate finds what reading every token finds."""

import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.marked_terms import WantedPhrase, WantedTerms
from app.text.tokenize import fold_term, iter_tokens, normalise
from app.text.word_scan import Find, WordScan, find_beginning
from tests.unit.growth import assert_linear
from tests.unit.real_data import data_file

WORDS = ["non-invasive", "noninvasive", "dying", "dies", "Cat's", "cats", "l'Hopital", "GPT-4.5"]
OTHERS = ["naïve", "NAIVE", "İstanbul", "深度学习", "x‑ray", "x-ray", "net", "planet", "a-b-c-d"]
TEXTS = st.one_of(
    st.lists(st.sampled_from([*WORDS, *OTHERS, "-", "'", ".", " ", "\n", "the"]), max_size=30).map(
        " ".join
    ),
    st.lists(st.sampled_from([*WORDS, *OTHERS, "-", "'", " ", "(", ","]), max_size=30).map("".join),
    st.text(max_size=60),
)
TERMS = st.frozensets(
    st.sampled_from(
        [
            term
            for word in [*WORDS, *OTHERS]
            for token in iter_tokens(word)
            if (term := normalise(token.text))
        ]
    ),
    max_size=4,
)
PHRASES = st.sampled_from([(), (WantedPhrase(("non", "invas"), (1,)),)])


def read_every_token(words: str, wanted: WantedTerms) -> list[Find]:
    found = []
    for token in iter_tokens(words):
        term = normalise(token.text)
        if term in wanted.all_terms:
            found.append(Find(token.start, token.end, token.position, term))
        found += [
            Find(token.start, token.end, token.position, f"{prefix}*")
            for prefix in wanted.prefixes
            if term.startswith(prefix) or fold_term(token.text).startswith(prefix)
        ]
    return found


@given(TEXTS, TERMS, st.sampled_from([(), ("na",), ("di", "4")]), PHRASES)
def test_nothing_is_jumped_over(
    text: str, terms: frozenset[str], prefixes: tuple[str, ...], phrases: tuple[WantedPhrase, ...]
) -> None:
    words = re.sub(r"[\\$_^{}~]", " ", text)
    wanted = WantedTerms(terms, prefixes, phrases)
    found = WordScan(wanted).find(words)
    expected = read_every_token(words, wanted)
    assert [each._replace(position=0) for each in found] == [
        each._replace(position=0) for each in expected
    ]
    if phrases:
        assert list_distances(found) == list_distances(expected)


def list_distances(finds: list[Find]) -> list[int]:
    """How far all are from each other, as far as the phrases here can reach: one position."""
    return [
        min(after.position - before.position, 2)
        for place, before in enumerate(finds)
        for after in finds[place:]
    ]


def test_a_scan_remembers_spellings_and_not_places() -> None:
    scan = WordScan(WantedTerms(phrases=(WantedPhrase(("deep", "cat"), (1,)),)))
    scan.find("deep cats and deep cats")
    assert [(each.start, each.position) for each in scan.find("so deep, deep cats")] == [
        (3, 1),
        (9, 2),
        (14, 3),
    ]


@pytest.mark.parametrize("unit", ["-", "a-", "'", "cat-", "cat ", "é"])
def test_time_grows_with_the_length_only(unit: str) -> None:
    scan = WordScan(WantedTerms(frozenset({"cat"})))

    def work(size: int) -> None:
        scan.find(unit * (size // len(unit)))

    assert_linear(work, length=20_000)


@pytest.mark.data
def test_real_words_begin_like_their_terms() -> None:
    with gzip.open(data_file("arxiv/papers-100k.jsonl.gz"), "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["abstract"] for line, _ in zip(file, range(5_000), strict=False)]
    words = {word for text in texts for word in re.findall("[A-Za-z]+", text)}
    assert len(words) > 20_000
    for word in words:
        assert word.lower().startswith(find_beginning(normalise(word)))
