"""`papersift run` and `papersift serve`: from nothing to a page, and the page alone."""

import socket
from typing import Annotated

import typer
import uvicorn

from app.domain.errors import AlreadyRunningError, InvalidInputError
from app.logs import configure_logging
from app.main import create_app
from app.settings import Settings, load_settings
from indexer.cli.assembly import Workshop
from indexer.cli.console import reporting_errors, say
from indexer.first_fill import fill_if_empty
from indexer.lease import hold_lease

HostOption = Annotated[
    str | None, typer.Option("--host", help="Address to listen on [default: 127.0.0.1].")
]
PortOption = Annotated[
    int | None, typer.Option("--port", help="Port to listen on [default: 8000].", max=65535)
]


class AnnouncingServer(uvicorn.Server):
    """A server that says where it listens once it really does."""

    def __init__(self, config: uvicorn.Config, announcement: str) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets=sockets)
        if self.started:
            say(self._announcement)


@reporting_errors
def run(host: HostOption = None, port: PortOption = None) -> None:
    """Set everything up and serve it: database, papers, index, web service.

    An empty database is filled with arXiv's last announced days or, if arXiv cannot be reached
    within a few seconds, with the bundled sample. A second run loads nothing twice.

    Example: papersift run --port 8080
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    listener = _bind(host or settings.host, settings.port if port is None else port)
    with Workshop(settings) as workshop:
        workshop.migrate()
        try:
            with hold_lease(
                workshop.database, owner=workshop.owner, ttl_seconds=settings.lease_seconds
            ):
                outcome = fill_if_empty(
                    workshop.database,
                    harvest_recent=workshop.harvest_recent_days,
                    load_sample=workshop.load_sample,
                )
                say(outcome.message)
                workshop.update_index()
        except AlreadyRunningError as error:
            say(f"{error} Serving what is there meanwhile.")
    _serve(settings, listener)


@reporting_errors
def serve(host: HostOption = None, port: PortOption = None) -> None:
    """Serve what is there; harvest and index nothing.

    Example: papersift serve --host 0.0.0.0 --port 8000
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    listener = _bind(host or settings.host, settings.port if port is None else port)
    _serve(settings, listener)


def _bind(host: str, port: int) -> socket.socket:
    """A listening place, taken before any work is done for it.

    Raises:
        InvalidInputError: the address is taken or is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InvalidInputError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port with "
            "--port, or stop what is listening there."
        ) from error
    return listener


def _serve(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown_host = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,  # addresses and queries of readers are nobody's business
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = AnnouncingServer(
        config, f"Papersift is serving http://{shown_host}:{port} (Ctrl-C stops it)."
    )
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn has shut down in order and passes the signal on
    finally:
        listener.close()
    say("Stopped.")
