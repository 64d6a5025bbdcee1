"""Forms with files are read as browsers send them, and nothing else breaks the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidInputError
from app.text.form_data import MAX_PARTS, read_form

TYPE = "multipart/form-data; boundary=----otters"


def make_form(*parts: tuple[str, bytes]) -> bytes:
    pieces = [
        b"------otters\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content
        for head, content in parts
    ]
    return b"\r\n".join([*pieces, b"------otters--\r\n"])


def test_fields_and_files_are_texts_under_their_names() -> None:
    bibtex = "Content-Type: application/x-bibtex"
    body = make_form(
        (f'name="bibtex"; filename="my; refs.bib"\r\n{bibtex}', b"@a{b,\r\n}"),
        ('name="positive"', b"2405.00418"),
        ('name="positive"', b""),
        ("name=text", "Schrödinger".encode()),
    )  # fmt: skip

    assert read_form(TYPE, body) == {
        "bibtex": ["@a{b,\r\n}"],
        "positive": ["2405.00418", ""],
        "text": ["Schrödinger"],
    }


def test_old_encodings_and_byte_order_marks_are_read() -> None:
    body = make_form(('name="a"', "Müller".encode("latin-1")), ('name="b"', "\ufeffé".encode()))

    assert read_form(TYPE, body) == {"a": ["Müller"], "b": ["é"]}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", make_form()),
        ("", b""),
        (TYPE, b""),
        (TYPE, b"------otters\r\nContent-Disposition: form-data; name=a\r\n\r\nb"),
        (TYPE, make_form(("filename=a", b"b"))),
        (TYPE, make_form(*[("name=a", b"b")] * (MAX_PARTS + 2))),
    ],
)
def test_what_is_no_form_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(InvalidInputError, match="multipart/form-data"):
        read_form(content_type, body)


@given(st.binary(max_size=200), st.text(max_size=60))
def test_anything_is_read_or_refused(content: bytes, boundary: str) -> None:
    for content_type in (TYPE, f"multipart/form-data; boundary={boundary}"):
        for body in (content, make_form(("name=a", content)), b"------otters" + content):
            try:
                read_form(content_type, body)
            except InvalidInputError:
                continue
