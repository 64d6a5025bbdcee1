"""Requests of the OAI-PMH protocol, one page each; what follows from a page is the harvest's."""

from collections.abc import Callable
from datetime import date

from app.domain.arxiv_id import ArxivId
from app.domain.errors import MalformedAnswerError
from app.domain.harvest import HarvestWindow, MetadataFormat
from indexer.fetch import PoliteFetcher
from indexer.oai.parse import OaiPage, parse_page

EARLIEST_DATESTAMP = date(2005, 9, 16)
"""arXiv's first datestamp (its Identify answer); an earlier `from` is answered badArgument."""

ACCEPT_XML = "text/xml, application/xml;q=0.9, */*;q=0.1"
"""Sent with every request: clients without an Accept header were answered 406 in 2026."""


class OaiClient:
    """arXiv's OAI-PMH service.

    Args:
        fetcher: does the talking, and the waiting.
        base_url: e.g. `https://oaipmh.arxiv.org/oai`.
    """

    def __init__(self, fetcher: PoliteFetcher, base_url: str) -> None:
        self._fetcher = fetcher
        self._base_url = base_url

    def list_first_page(self, window: HarvestWindow) -> OaiPage:
        """The first page of a window.

        Raises:
            OaiError: e.g. `noRecordsMatch` for an empty window, `badArgument`.
            MalformedAnswerError: no readable answer came.
            UpstreamUnavailableError: no answer came.
        """
        parameters = {"verb": "ListRecords", "metadataPrefix": window.metadata_format.value}
        if window.from_date is not None:
            parameters["from"] = max(window.from_date, EARLIEST_DATESTAMP).isoformat()
        if window.until_date is not None:
            parameters["until"] = window.until_date.isoformat()
        if window.set_spec:
            parameters["set"] = window.set_spec
        return self._fetch(parameters, window.metadata_format, _check_first_page)

    def list_next_page(self, resumption_token: str, metadata_format: MetadataFormat) -> OaiPage:
        """The page a token leads to.

        The token is sent as it came, percent-encoded once more like any other value, since arXiv's
        tokens are themselves percent-encoded texts.

        Raises:
            OaiError: `badResumptionToken` when it expired, which arXiv's do at midnight UTC.
            MalformedAnswerError: no readable answer came.
            UpstreamUnavailableError: no answer came.
        """
        parameters = {"verb": "ListRecords", "resumptionToken": resumption_token}
        return self._fetch(parameters, metadata_format, _check_next_page)

    def get_record(self, arxiv_id: ArxivId, metadata_format: MetadataFormat) -> OaiPage:
        """The answer about one paper: one record, or one skipped.

        Raises:
            OaiError: `idDoesNotExist` for a paper that arXiv does not know.
            MalformedAnswerError: no readable answer came.
            UpstreamUnavailableError: no answer came.
        """
        parameters = {
            "verb": "GetRecord",
            "identifier": arxiv_id.oai_identifier,
            "metadataPrefix": metadata_format.value,
        }
        return self._fetch(parameters, metadata_format, _check_first_page)

    def _fetch(
        self,
        parameters: dict[str, str],
        metadata_format: MetadataFormat,
        check: Callable[[OaiPage], None],
    ) -> OaiPage:
        def read(body: bytes) -> OaiPage:
            page = parse_page(body, metadata_format)
            check(page)
            return page

        return self._fetcher.fetch(self._base_url, parameters, accept=ACCEPT_XML, read=read)


def _check_first_page(page: OaiPage) -> None:
    """An empty answer that is no `noRecordsMatch` is a server in trouble, not an empty archive."""
    if not page.records and not page.skipped and not page.resumption_token:
        raise MalformedAnswerError("The answer holds no record and no error.")


def _check_next_page(page: OaiPage) -> None:
    """The last page of a chain says so with an empty token; without one something was lost."""
    if page.resumption_token is None:
        raise MalformedAnswerError("The answer continues a list but has no resumptionToken.")
