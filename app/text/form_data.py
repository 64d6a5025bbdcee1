"""Forms as browsers send them with files in them (`multipart/form-data`, RFC 7578).

Only names and texts are of interest here: a file counts as the text it holds.
"""

from email.message import Message

from app.domain.errors import InvalidInputError

FORM_TYPE = "multipart/form-data"
MAX_PARTS = 2_000
"""Fields and files in one form."""

_HOW = "Send multipart/form-data, as an HTML form with a file field does."


def read_form(content_type: str, body: bytes) -> dict[str, list[str]]:
    r"""The texts under each name of a form, in order.

    Bytes that are no UTF-8 are read as Latin-1, in which old bibliographies are written.

    Raises:
        InvalidInputError: this is no such form.

    >>> body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'
    >>> read_form("multipart/form-data; boundary=x", body)
    {'a': ['b']}
    """
    kind = Message()
    kind["content-type"] = content_type
    boundary = kind.get_boundary()
    if kind.get_content_type() != FORM_TYPE or not boundary:
        raise InvalidInputError(f"This is no form with a boundary. {_HOW}")
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"), MAX_PARTS + 2)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise InvalidInputError(f"The form is cut off, or has over {MAX_PARTS:,} parts. {_HOW}")
    form: dict[str, list[str]] = {}
    for part in parts[1:-1]:
        name, text = _read_part(part)
        form.setdefault(name, []).append(text)
    return form


def _read_part(part: bytes) -> tuple[str, str]:
    """The name and the text of one field or file."""
    head, blank, content = part.partition(b"\r\n\r\n")
    described = Message()
    for line in head.decode("utf-8", "replace").splitlines():
        field, colon, value = line.partition(":")
        if colon and field.strip().lower() == "content-disposition":
            described["content-disposition"] = value.strip()
    name = described.get_param("name", header="content-disposition")
    if not blank or not isinstance(name, str):
        raise InvalidInputError(f"A part of the form has no name. {_HOW}")
    try:
        return name, content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return name, content.decode("latin-1")
