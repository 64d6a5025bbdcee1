"""What results say about a query."""

import pytest

from app.domain.query import Term
from app.domain.results import Replacement, Respelling


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("Attenton is all you need", "Attention is all you need"),
        ("(Attenton) Attentons", "(Attention) Attentons"),
        ("attention", "attention"),
    ],
)
def test_a_typed_text_is_corrected_word_by_word(text: str, corrected: str) -> None:
    respelling = Respelling(
        original="Attenton need",
        corrected="Attention need",
        tree=Term("Attention"),
        replacements=(Replacement("Attenton", "Attention"), Replacement("a+b", r"a\b")),
        original_total=0,
        corrected_total=1,
        is_applied=True,
    )
    assert respelling.correct(text) == corrected
