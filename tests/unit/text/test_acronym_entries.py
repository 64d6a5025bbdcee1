r"""Entries of the acronyms that abstracts explain."""

import pytest

from app.text.acronym_entries import list_acronym_entries, make_long_key


@pytest.mark.parametrize(
    ("text", "meanings", "short_forms"),
    [
        (
            "Convolutional neural networks (CNNs) and RAG (retrieval-augmented generation).",
            {
                "cnn\tCNN\tConvolutional neural networks",
                "rag\tRAG\tretrieval-augmented generation",
            },
            {"convolut neural network\tCNN", "retriev augment generat\tRAG"},
        ),
        (
            "The Internet of Things (IoT).",
            {"iot\tIoT\tInternet of Things"},
            {"internet thing\tIoT"},
        ),
        ("a Bose--Einstein\n condensate (BEC)", {"bec\tBEC\tBose--Einstein condensate"}, None),
        (
            "by proximal policy optimization (PPO)",  # "policy optimization" has its letters too
            {"ppo\tPPO\tproximal policy optimization"},
            None,
        ),
        ("No parentheses at all.", set(), set()),
        ("Teapots (see below) and otters (2024).", set(), set()),
        (r"Kelp \emph{assisted} grooming (KAG)", {"kag\tKAG\tKelp assisted grooming"}, None),
    ],
)
def test_entries(text: str, meanings: set[str], short_forms: set[str] | None) -> None:
    found = list_acronym_entries(text)
    assert found[0] == meanings
    if short_forms is not None:
        assert found[1] == short_forms


def test_spellings_of_a_long_form_have_one_key() -> None:
    spellings = ["retrieval-augmented generation", "Retrieval Augmented Generation"]
    assert len({make_long_key(each) for each in spellings}) == 1
