"""What every request passes first, and every answer last: headers, counts, and a limit for all bodies together."""

import time
from typing import Any

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.service.core import Service
from classifier.service.problems import Problem

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # scripts of one version of the page do not suit another
    "Referrer-Policy": "no-referrer",
}
_METHODS = ("GET", "HEAD", "OPTIONS", "POST")


class Guard:
    """The application, guarded and watched.

    Parameters
    ----------
    app
        What answers.
    service
        Its state.
    routes
        Its addresses: by these, not by what clients ask for, requests are counted.
    """

    def __init__(self, app: ASGIApp, service: Service, routes: list[BaseRoute]) -> None:
        self._app, self.service = app, service
        self._held = 0  # bytes of the bodies of all requests in hand
        sharing = "cross-origin" if service.settings.allow_origins else "same-origin"
        headers = {**HEADERS, "Cross-Origin-Resource-Policy": sharing}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._paths: dict[Any, str] = {
            **{route.endpoint: route.path for route in routes if isinstance(route, Route)},
            **{route.app: route.path for route in routes if isinstance(route, Mount)},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status, held = time.perf_counter(), 499, 0

        async def receive_held() -> Message:
            nonlocal held
            message = await receive()
            size = len(message.get("body", b""))
            held += size
            self._hold(size)
            return message

        async def send_guarded(message: Message) -> None:
            nonlocal status, held
            if message["type"] == "http.response.start":
                self._held, held = self._held - held, 0  # the body has been worked on
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        try:
            await self._app(scope, receive_held, send_guarded)
        finally:
            self._held -= held
            path = self._paths.get(scope.get("endpoint"), "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.service.metrics.observe(path, method, status, time.perf_counter() - start)

    def _hold(self, size: int) -> None:
        """Count bytes that came: a `Problem` if all requests in hand have too many, which ends this one."""
        self._held += size
        if self._held > self.service.settings.max_bodies:
            raise Problem.busy(503, "the requests in hand are too large together: try again in some seconds", 5)
