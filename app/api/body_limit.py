"""Bodies of requests are read no further than they may be long."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import make_problem, render_problem
from app.domain.errors import LimitExceededError

LIMITED_PATHS = ("/api/v1/", "/recommend")
OWN_LIMIT_PATH = "/api/v1/operators/"
"""Operators have a limit of their own."""


class BodyLimitMiddleware:
    """Answers a request whose body is too long with a problem, whoever reads the body.

    Args:
        max_body_bytes: longest body accepted, bytes.
    """

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; end its body where it passes the limit."""
        path = scope.get("path", "")
        if (
            scope["type"] != "http"
            or not path.startswith(LIMITED_PATHS)
            or path.startswith(OWN_LIMIT_PATH)
        ):
            await self._app(scope, receive, send)
            return
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # A reader of the body gives up; its answer is replaced below.
            return {"type": "http.disconnect"} if self._is_too_long(received) else message

        async def send_unless_too_long(message: Message) -> None:
            if not self._is_too_long(received):
                await send(message)

        await self._app(scope, receive_some, send_unless_too_long)
        if self._is_too_long(received):
            await render_problem(make_problem(self._make_error()))(scope, receive, send)

    def _is_too_long(self, received: int) -> bool:
        return received > self._max_body_bytes

    def _make_error(self) -> LimitExceededError:
        limit = self._max_body_bytes
        return LimitExceededError(
            f"The body is longer than {limit:,} bytes (max_body_bytes). Send less at once.",
            limit_name="max_body_bytes",
            limit=limit,
            unit="bytes",
        )
