"""What every request passes first, and every answer last: names of the host, the token, headers, counts."""

import base64
import binascii
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.service.core import Service
from classifier.service.problems import problem

OPEN = ("/health", "/ready")  # without a token: those who ask know none
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # scripts of one version of the page do not suit another
    "Referrer-Policy": "no-referrer",
}
_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_TRIES, _MINUTE = 20, 60.0  # wrong tokens that a client may show in so many seconds
_CLIENTS = 10_000  # that are remembered for wrong tokens


class Guard:
    """The application behind checks.

    Parameters
    ----------
    app
        What answers the requests that pass.
    service
        Its state.
    routes
        Its addresses: by these, not by what clients ask for, requests are counted.
    """

    def __init__(self, app: ASGIApp, service: Service, routes: list[BaseRoute]) -> None:
        self._app, self.service = app, service
        settings = service.settings
        self._hosts = {"localhost", settings.host.lower(), *(host.lower() for host in settings.allow_hosts)}
        self._token = settings.token
        self._tries = _Tries()
        sharing = "cross-origin" if settings.allow_origins else "same-origin"
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
        start, status = time.perf_counter(), 499

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        refusal = self._refuse(scope)
        try:
            await (refusal or self._app)(scope, receive, send_guarded)
        finally:
            path = self._paths.get(scope.get("endpoint"), "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.service.metrics.observe(path, method, status, time.perf_counter() - start)

    def _refuse(self, scope: Scope) -> Response | None:
        """Return the answer to a request that may not pass; None if it may."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_known_host(host, self._hosts):
            advice = f"this service is not called {host!r:.100}: start it with --allow-host NAME if it should be"
            return problem(400, advice)
        is_question = scope["method"] == "OPTIONS"  # of a browser, which shows no token yet
        if self._token is None or scope["path"] in OPEN or is_question:
            return None
        return self._check_token(headers, (scope.get("client") or ("",))[0])

    def _check_token(self, headers: Mapping[str, str], client: str) -> Response | None:
        assert self._token is not None
        if self._tries.too_many(client):
            return problem(429, "too many wrong tokens: try again in a minute", {"Retry-After": "60"})
        shown = shown_token(headers.get("authorization", ""))
        if secrets.compare_digest(shown, self._token.encode()):
            return None
        if shown:
            self._tries.add(client)
        advice = "this service asks for a token: send Authorization: Bearer TOKEN, or the token as the password"
        return problem(401, advice, {"WWW-Authenticate": 'Basic realm="news-topics", charset="UTF-8"'})


class _Tries:
    """Wrong tokens of each client, forgotten after a minute."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}
        self._end = 0.0

    def add(self, client: str) -> None:
        """Count one."""
        now = time.monotonic()
        if now > self._end or len(self._made) >= _CLIENTS:
            self._made, self._end = {}, now + _MINUTE
        self._made[client] = self._made.get(client, 0) + 1

    def too_many(self, client: str) -> bool:
        """Whether a client has made too many."""
        return self._made.get(client, 0) >= _TRIES and time.monotonic() <= self._end


def is_known_host(header: str, names: set[str]) -> bool:
    """Whether a Host header has one of some names, or a bare address.

    A page of another site can make a browser call the service by a name of its own, but not by an address (DNS
    rebinding).

    >>> [is_known_host(host, {"localhost"}) for host in ("localhost:8000", "[::1]:8000", "evil.example")]
    [True, True, False]
    """
    host = header[: header.rfind("]") + 1] if header.startswith("[") else header.partition(":")[0]
    if host.lower().rstrip(".") in names:
        return True
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def shown_token(authorization: str) -> bytes:
    """Return the token that a client shows: ``Bearer TOKEN``, or as browsers send a password; else nothing.

    >>> shown_token("Bearer abc"), shown_token("Basic OmFiYw=="), shown_token("Basic !")
    (b'abc', b'abc', b'')
    """
    kind, _, value = authorization.partition(" ")
    if kind.lower() == "bearer":
        return value.strip().encode("latin-1", "replace")  # how headers are decoded
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
