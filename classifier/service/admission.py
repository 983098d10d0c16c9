"""Who may ask: clients that call the service by a name of its own and, where there is a token, show it."""

import base64
import binascii
import logging
import re
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from classifier.service.problems import problem
from classifier.service.settings import Settings

_LOG = logging.getLogger(__name__)
OPEN = ("/health", "/ready")  # without a token: those who ask know none
_TRIES, _MINUTE = 20, 60.0  # different wrong tokens that a client may show in so many seconds
_CLIENTS = 10_000  # that are remembered for wrong tokens
_HOST = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:\[\]]+))(?::\d*)?")
_HOW = "send Authorization: Bearer TOKEN, or the token as the password"


class Admission:
    """The application behind a door.

    Parameters
    ----------
    app
        What answers the requests that pass.
    settings
        The names of the service, and its token.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._token = app, settings.token
        self._hosts = {"localhost", settings.host.lower(), *(host.lower() for host in settings.allow_hosts)}
        self._tries = _Tries()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        refusal = self._refuse(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refuse(self, scope: Scope) -> Response | None:
        """Return the answer to a request that may not pass; None if it may."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_known_host(host, self._hosts):
            advice = f"this service is not called {host!r:.100}: start it with --allow-host NAME if it should be"
            return problem(400, advice)
        if self._token is None or scope["path"] in OPEN:
            return None
        return self._check_token(headers, self._token, (scope.get("client") or ("",))[0])

    def _check_token(self, headers: Mapping[str, str], token: str, client: str) -> Response | None:
        if self._tries.too_many(client):
            return problem(429, "too many wrong tokens: try again in a minute", {"Retry-After": "60"})
        shown = shown_token(headers.get("authorization", ""))
        if secrets.compare_digest(shown, token.encode()):
            return None
        if shown:
            self._tries.add(client, shown)
        advice = f"this is not the token of this service: {_HOW}" if shown else f"this service asks for a token: {_HOW}"
        return problem(401, advice, {"WWW-Authenticate": 'Basic realm="news-topics", charset="UTF-8"'})


class _Tries:
    """Wrong tokens of each client, forgotten after a minute.

    A page that still has an old token shows it again and again, but guesses nothing: it must not keep out others who
    come from the same address.
    """

    def __init__(self) -> None:
        self._made: dict[str, set[int]] = {}  # hashes
        self._end = 0.0

    def add(self, client: str, token: bytes) -> None:
        """Note one."""
        now = time.monotonic()
        if now > self._end or len(self._made) >= _CLIENTS:
            self._made, self._end = {}, now + _MINUTE
        made = self._made.setdefault(client, set())
        made.add(hash(token))
        if len(made) == _TRIES:
            _LOG.warning("%s has shown %s wrong tokens, and must wait for a minute", client, _TRIES)

    def too_many(self, client: str) -> bool:
        """Whether a client has shown too many."""
        return len(self._made.get(client, ())) >= _TRIES and time.monotonic() <= self._end


def is_known_host(header: str, names: set[str]) -> bool:
    """Whether a Host header has one of some names, or a bare address.

    A page of another site can make a browser call the service by a name of its own, but not by an address (DNS
    rebinding).

    >>> [is_known_host(host, {"localhost"}) for host in ("localhost:8000", "[::1]:8000", "evil.example")]
    [True, True, False]
    """
    found = _HOST.fullmatch(header)
    if found is None:
        return False
    host = found["ipv6"] or found["name"]
    if host.lower().rstrip(".") in names:
        return True
    try:
        return (ip_address(host).version == 6) == (found["ipv6"] is not None)
    except ValueError:
        return False


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
