"""Percent-encoding equals the library's, whatever the text."""

from urllib.parse import quote, quote_plus

from hypothesis import example, given
from hypothesis import strategies as st

from app.text.percent import quote_form_value, quote_lines

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
@example("all of \x00 \n\r\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\x7f")
@example("Erdős, 陶哲軒 and 𝔸")
def test_quotes_as_the_library_does(text: str) -> None:
    assert quote_form_value(text) == quote_plus(text)
    assert quote_lines(text) == quote(text, safe="\n")
