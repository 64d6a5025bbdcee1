"""The published methods that our keyphrases are compared with, on texts worked out by hand."""

import numpy as np
import pytest

from tests.eval.keyphrase_candidates import find_phrases, tag_text
from tests.eval.keyphrase_graphs import GRAPH_METHODS, multipartite_rank, topic_rank, walk
from tests.eval.keyphrase_peers import first_phrases, list_peers, make_kp_miner
from tests.eval.keyphrases import count_statistics

TEXT = (
    "Sparse kernels for graphs. We propose sparse kernels of large graphs. "
    "Sparse graph kernels are kernels, and otters are otters."
)
STATISTICS = count_statistics([(TEXT, ""), ("Of otters", "kernels"), ("Trees", "of kernels")])


def test_phrases_are_longest_runs_of_adjectives_and_nouns() -> None:
    found = {each.text: each.places for each in find_phrases(tag_text(TEXT))}

    assert found == {
        "Sparse kernels": [0, 7],
        "graphs": [3],
        "large graphs": [10],
        "Sparse graph kernels": [13],
        "kernels": [17],
        "otters": [20, 22],
    }
    assert [each.text for each in find_phrases(tag_text("neural, sparse"))] == []
    assert find_phrases(tag_text("sparse graph kernels"), max_words=2) == []


def test_a_walk_ends_where_arithmetic_says() -> None:
    star = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])

    scores = walk(star)

    # The middle of a star of three: x = 0.05 + 0.85 (1 - x).
    assert scores[0] == pytest.approx(0.9 / 1.85, abs=1e-5)
    assert scores.sum() == pytest.approx(1)
    assert walk(np.zeros((2, 2)), np.array([3.0, 1.0])) == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize("name", GRAPH_METHODS)
def test_graphs_rank_each_phrase_once(name: str) -> None:
    ranked = GRAPH_METHODS[name](TEXT)

    assert len(ranked) == len(set(ranked)) > 0
    assert set(ranked) <= {each.text for each in find_phrases(tag_text(TEXT))}
    assert GRAPH_METHODS[name]("of the and") == []
    assert GRAPH_METHODS[name]("kernels") == ["kernels"]


def test_topics_are_phrases_that_share_words() -> None:
    # Each topic is shown by its first phrase: "large graphs" belongs to "graphs".
    assert topic_rank(TEXT)[0] in {"Sparse kernels", "graphs"}
    assert "large graphs" not in topic_rank(TEXT)
    assert set(multipartite_rank(TEXT)) > set(topic_rank(TEXT))


def test_the_longest_phrase_of_connected_words_leads_a_sum() -> None:
    assert GRAPH_METHODS["SingleRank"](TEXT)[0] == "Sparse graph kernels"


def test_kp_miner_takes_phrases_for_rare() -> None:
    ranked = make_kp_miner(STATISTICS)("otters of kernels kernels", "")

    # Every paper holds kernels, so the word weighs nothing; "kernels kernels" counts as in one.
    assert ranked[0] == "kernels kernels"
    assert ranked[-1] == "kernels"


def test_every_peer_answers() -> None:
    for package in ("yake", "wordllama"):
        pytest.importorskip(package, reason=f"{package} is in the extra `full`")
    for name, extract in list_peers(STATISTICS).items():
        assert len(extract("Sparse kernels of otters", TEXT)) > 0, name
    assert list(first_phrases("", "Large graphs of otters")) == ["Large graphs", "otters"]
