"""The body of a request, within the limits."""

import asyncio
from collections.abc import AsyncIterator
from typing import IO, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from classifier.service.problems import GoneError, Problem
from classifier.service.settings import MEGABYTE, Settings

Asked = TypeVar("Asked", bound=BaseModel)
SMALL = MEGABYTE // 4  # bytes of JSON that are parsed at once, in a millisecond; larger ones go to a lane of their own
JSON = "application/json"


def media_type(request: Request) -> str:
    """Return the media type of the body, without parameters and in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, settings: Settings) -> bytes:
    """Return a body that should be JSON; a `Problem` if it is said to be something else, or breaks a limit."""
    # A page of another site may send text/plain without asking, but not this.
    if media_type(request) != JSON:
        raise Problem(415, f"send JSON, and say so: Content-Type: {JSON}")
    return b"".join([chunk async for chunk in _chunks(request, settings)])


async def save_body(request: Request, settings: Settings, file: IO[bytes]) -> None:
    """Write a body to a file; a `Problem` if it breaks a limit."""
    async for chunk in _chunks(request, settings):
        file.write(chunk)


def parse(kind: type[Asked], body: bytes) -> Asked:
    """Return what is asked for; a `Problem` that tells the first mistake if the body is something else."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        known = "; known are " + ", ".join(kind.model_fields) if first["type"] == "extra_forbidden" else ""
        raise Problem(422, f"{where or 'the body'}: {first['msg']}{known}") from error


async def _chunks(request: Request, settings: Settings) -> AsyncIterator[bytes]:
    """Yield the pieces of the body while they keep the limits."""
    limit, count = settings.max_body, 0
    too_large = Problem(413, f"the body has more than {limit:,} bytes: send less at once", {"Connection": "close"})
    if int(request.headers.get("content-length", "0")) > limit:
        raise too_large
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for chunk in request.stream():
                count += len(chunk)
                if count > limit:
                    raise too_large
                yield chunk
    except TimeoutError as error:
        slow = f"the body did not arrive within {settings.body_seconds:g} seconds: send it faster, or less at once"
        raise Problem(408, slow, {"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise GoneError from error
