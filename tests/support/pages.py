"""Pages as tests read them: parsed by an HTML parser, never by string search alone."""

from lxml import html
from lxml.html import HtmlElement
from starlette.testclient import TestClient


class Page:
    """One page that was fetched."""

    def __init__(self, status: int, text: str, headers: dict[str, str], path: str) -> None:
        self.status = status
        self.source = text
        self.headers = headers
        self.path = path
        self._root: HtmlElement = html.document_fromstring(text)

    def find(self, selector: str) -> list[HtmlElement]:
        """The elements of a path expression in XPath."""
        found = self._root.xpath(selector)
        assert isinstance(found, list)
        return [each for each in found if isinstance(each, HtmlElement)]

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements, blanks collapsed."""
        return [" ".join(each.text_content().split()) for each in self.find(selector)]

    def links(self, selector: str = "//main//a") -> list[str]:
        """Where the links lead."""
        return [each.get("href", "") for each in self.find(selector)]

    @property
    def main(self) -> str:
        """The text of the content."""
        (text,) = self.texts("//main")
        return text


def fetch(client: TestClient, path: str) -> Page:
    """The page at a path; redirects are followed."""
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", path
    return Page(answer.status_code, answer.text, dict(answer.headers), answer.url.path)
