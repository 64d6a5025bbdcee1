"""arXiv's servers on loopback: OAI-PMH at /oai, feeds at /rss/ and /atom/, and faults on demand."""

import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.support.oai_catalogue import Catalogue

POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Answer:
    """What goes over the wire."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})
    declared_bytes: int | None = None
    is_reset: bool = False
    drip_seconds: float = 0.0


Fault = Callable[[Answer], Answer]
"""Spoils one answer."""


@dataclass(frozen=True)
class SeenRequest:
    path: str
    query: str
    headers: dict[str, str]
    arrived_at: float


class OaiServer:
    """The servers, and what they saw.

    Attributes:
        catalogue: the records behind /oai.
        feeds: documents by path, e.g. "/rss/cs".
        faults: taken one per request, from the left; None leaves an answer as it is.
        before_answer: called with the number of the request, 1 for the first, before it is
            answered; may change the catalogue.
        requests: every request so far.
    """

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or Catalogue()
        self.feeds: dict[str, bytes] = {}
        self.faults: deque[Fault | None] = deque()
        self.before_answer: Callable[[int], None] = lambda _: None
        self.requests: list[SeenRequest] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def oai_url(self) -> str:
        return f"{self.address}/oai"

    @property
    def queries(self) -> list[str]:
        return [request.query for request in self.requests]

    def make_answer(self, request: SeenRequest) -> Answer:
        with self._lock:
            self.requests.append(request)
            self.before_answer(len(self.requests))
            fault = self.faults.popleft() if self.faults else None
            answer = self._make_healthy_answer(request)
        return fault(answer) if fault is not None else answer

    def _make_healthy_answer(self, request: SeenRequest) -> Answer:
        if "accept" not in request.headers:
            return Answer(b"Not Acceptable", status=406)
        if request.path == "/oai":
            return Answer(self.catalogue.answer(request.query).encode())
        if request.path in self.feeds:
            return Answer(self.feeds[request.path])
        return Answer(b"<html>Not found</html>", status=404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: OaiServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up, or died, is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = SeenRequest(path, query, headers, time.time())
        answer = self.server.owner.make_answer(request)
        if answer.is_reset:
            self._reset()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        size = answer.declared_bytes if answer.declared_bytes is not None else len(answer.body)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self._send(answer)
        if size != len(answer.body):
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        with suppress(ConnectionError):
            if not answer.drip_seconds:
                self.wfile.write(answer.body)
                return
            for position in range(len(answer.body)):
                self.wfile.write(answer.body[position : position + 1])
                self.wfile.flush()
                time.sleep(answer.drip_seconds)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


def refused(status: int, retry_after: str | None = None) -> Fault:
    headers = {"Content-Type": "text/html"}
    if retry_after is not None:
        headers["Retry-After"] = retry_after
    return lambda _: Answer(b"<html>later</html>", status=status, headers=headers)


def reset(answer: Answer) -> Answer:
    return replace(answer, is_reset=True)


def cut_short(answer: Answer) -> Answer:
    """Fewer bytes than the header promised."""
    return replace(
        answer, body=answer.body[: len(answer.body) * 2 // 3], declared_bytes=len(answer.body)
    )


def cut_quietly(answer: Answer) -> Answer:
    """Half a document with a header to match: only the XML reader can tell."""
    return replace(answer, body=answer.body[: len(answer.body) * 2 // 3])


def body(data: bytes) -> Fault:
    return lambda answer: replace(answer, body=data)


def latin_1(answer: Answer) -> Answer:
    """Latin-1 bytes under a declaration that says UTF-8."""
    text = answer.body.decode().replace("Invented", "Erfundenes, \xfcberall")
    return replace(answer, body=text.encode("latin-1"))


def with_doctype(answer: Answer) -> Answer:
    """A bomb of entities, and a file of the reader's machine."""
    bomb = (
        '<!DOCTYPE OAI-PMH [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/hostname">]>'
    )
    text = answer.body.decode().replace("?>", f"?>{bomb}", 1).replace("Invented", "&c;&d;")
    return replace(answer, body=text.encode())


def swollen(size: int) -> Fault:
    return lambda answer: replace(answer, body=answer.body + b" " * size)


def redirected(location: str) -> Fault:
    return lambda _: Answer(b"", status=301, headers={"Location": location})


def dripping(seconds: float) -> Fault:
    return lambda answer: replace(answer, drip_seconds=seconds)


def oai_error(code: str) -> Fault:
    def make(answer: Answer) -> Answer:
        head, _, _ = answer.body.decode().partition("<request")
        error = f"<request>x</request><error code='{code}'>Reason: invented</error></OAI-PMH>"
        return replace(answer, body=(head + error).encode())

    return make


def edited(old: str, new: str) -> Fault:
    """One exchange of text in an otherwise healthy answer."""
    return lambda answer: replace(answer, body=answer.body.decode().replace(old, new).encode())
