"""Errors as answers: problem details (RFC 9457) with one line of advice."""

import json
import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from classifier.errors import Error, one_line
from classifier.pages import render
from classifier.pages.messages import messages

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)
_LONGEST = 500  # characters of an advice, which may quote what was sent
_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)")
_USUAL = {
    404: "there is nothing at this address; /docs lists what there is",
    405: "this address takes another method; /docs lists what there is",
}


class Problem(Exception):  # noqa: N818  (the name that RFC 9457 gives it)
    """An answer that is an error."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers

    @classmethod
    def busy(cls, status: int, detail: str, seconds: int = 1) -> "Problem":
        """Return a problem that will be over soon."""
        return cls(status, detail, {"Retry-After": str(seconds)})


class GoneError(Exception):
    """The client has gone away: nobody reads the answer."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that tells of a problem."""
    title = HTTPStatus(status).phrase
    content = {"type": "about:blank", "title": title, "status": status, "detail": one_line(detail[:_LONGEST])}
    return _Answer(content, {**(headers or {}), "Vary": "Accept, Accept-Language"})


class _Answer(Response):
    """The answer that tells of a problem: JSON, or a page where a browser has been sent here by a person."""

    media_type = MEDIA_TYPE

    def __init__(self, content: dict[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(json.dumps(content, ensure_ascii=False).encode(errors="replace"), content["status"], headers)
        self._content, self._own_headers = content, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the client prefers."""
        if "text/html" in Headers(scope=scope).get("accept", ""):
            await self._page(Request(scope))(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _page(self, request: Request) -> Response:
        from classifier.service.page import language_of  # which needs this module

        html = render("problem.html", say=messages(language_of(request)), problem=self._content)
        return HTMLResponse(html, self.status_code, self._own_headers)


async def tell_problem(_: Request, error: Exception) -> Response:
    """Answer with a problem."""
    assert isinstance(error, Problem)
    return problem(error.status, error.detail, error.headers)


async def tell_error(_: Request, error: Exception) -> Response:
    """Answer that what was sent cannot be worked with, as the package says; its options are parameters here."""
    return problem(422, _OPTION.sub(lambda option: option[1].replace("-", "_"), str(error)))


async def tell_http(_: Request, error: Exception) -> Response:
    """Answer that there is no such address or method."""
    assert isinstance(error, HTTPException)
    return problem(error.status_code, _USUAL.get(error.status_code, error.detail), error.headers)


async def tell_memory(_: Request, error: Exception) -> Response:
    """Answer that there is too little memory."""
    return problem(503, "there is too little memory for this request: send fewer or shorter texts at once")


async def tell_disk(_: Request, error: Exception) -> Response:
    """Answer that something could not be written."""
    assert isinstance(error, OSError)
    _LOG.error("cannot write: %s", error)
    return problem(503, f"the service cannot write what it needs to ({error.strerror}): tell who runs it")


async def tell_gone(_: Request, error: Exception) -> Response:
    """Answer nobody; the number is what servers write in their logs for this."""
    return Response(status_code=499)


async def tell_fault(_: Request, error: Exception) -> Response:
    """Answer that this is our fault."""
    return problem(500, "the service made a mistake, which its log tells: please report it with the request")


HANDLERS = {
    Problem: tell_problem,
    Error: tell_error,
    HTTPException: tell_http,
    MemoryError: tell_memory,
    OSError: tell_disk,
    GoneError: tell_gone,
    Exception: tell_fault,
}
