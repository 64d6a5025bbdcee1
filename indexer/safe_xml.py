"""XML from outside, read without entities, DTDs, network or repair; every failure is one error."""

import io
from collections.abc import Iterator

from lxml import etree

from app.domain.errors import MalformedAnswerError


def iterate_xml(data: bytes, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """The elements with one of these names, each as soon as it is complete.

    The caller clears what it has used; nothing else keeps memory from growing.

    Raises:
        MalformedAnswerError: empty, truncated, not well-formed, wrongly encoded, or a DOCTYPE.
    """
    _refuse_empty(data)
    events = etree.iterparse(
        io.BytesIO(data),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    is_checked = False
    try:
        for _, element in events:
            if not is_checked:
                _refuse_doctype(element)
                is_checked = True
            yield element
    except etree.XMLSyntaxError as error:
        raise _describe(error) from error


def parse_xml(data: bytes) -> etree._Element:
    """The root of a document.

    Raises:
        MalformedAnswerError: as `iterate_xml`.
    """
    _refuse_empty(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _describe(error) from error
    _refuse_doctype(root)
    return root


def _refuse_empty(data: bytes) -> None:
    if not data.strip():
        raise MalformedAnswerError("The answer is empty.")


def _refuse_doctype(element: etree._Element) -> None:
    """A document type declaration carries entity bombs and file inclusion; arXiv sends none."""
    document = element.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise MalformedAnswerError("The answer carries a DOCTYPE, which no arXiv answer does.")


def _describe(error: etree.XMLSyntaxError) -> MalformedAnswerError:
    return MalformedAnswerError(f"The answer is not well-formed XML: {str(error.msg).rstrip('.')}.")
