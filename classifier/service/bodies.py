"""The body of a request, within the limits."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Mapping
from typing import IO, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from classifier.service.problems import GoneError, Problem
from classifier.service.settings import MEGABYTE, Settings

Asked = TypeVar("Asked", bound=BaseModel)
SMALL = MEGABYTE // 4  # bytes of JSON that are parsed at once, in a millisecond; larger ones go to a lane of their own
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NAMES = {JSON: "JSON", FORM: "a form", DOCUMENT: "a Word document (.docx)"}


def media_type(request: Request) -> str:
    """Return the media type of the body, without parameters and in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, settings: Settings) -> bytes:
    """Return a body that should be JSON; a `Problem` if it is said to be something else, or breaks a limit."""
    return (await read_body(request, settings, JSON)).removeprefix(BOM_UTF8)


async def read_body(request: Request, settings: Settings, kind: str) -> bytes:
    """Return a body of a media type; a `Problem` if it is said to be something else, or breaks a limit."""
    # A page of another site may send text/plain without asking, but not JSON.
    if media_type(request) != kind:
        raise Problem(415, f"send {_NAMES[kind]}, and say so: Content-Type: {kind}")
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
        raise mistake(kind, error) from error


def parse_values(kind: type[Asked], values: Mapping[str, str]) -> Asked:
    """Return what the fields of a form or of an address ask for; a `Problem` as from `parse`."""
    try:
        return kind.model_validate_strings(values)
    except ValidationError as error:
        raise mistake(kind, error) from error


def mistake(kind: type[BaseModel], error: ValidationError) -> Problem:
    """Return the problem that tells the first mistake in what was sent."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"])) or "the body"
    if first["type"] == "missing":
        return Problem(422, f"{where} is missing: send it")
    if first["type"] == "extra_forbidden":
        return Problem(422, f"{where} is not known; known are {', '.join(kind.model_fields)}")
    if first["type"] == "string_pattern_mismatch":
        allowed = first["ctx"]["pattern"].strip("^()$").replace("|", ", ")
        return Problem(422, f"{where} is one of {allowed}")
    return Problem(422, f"{where}: {first['msg'].removeprefix('Value error, ')}")


async def _chunks(request: Request, settings: Settings) -> AsyncIterator[bytes]:
    """Yield the pieces of the body while they keep the limits."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "send the body as it is, without a Content-Encoding")
    _check_size(int(request.headers.get("content-length", "0")), settings)
    count = 0
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for chunk in request.stream():
                count += len(chunk)
                _check_size(count, settings)
                yield chunk
    except TimeoutError as error:
        slow = f"the body did not arrive within {settings.body_seconds:g} seconds: send it faster, or less at once"
        raise Problem(408, slow, {"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise GoneError from error


def _check_size(size: int, settings: Settings) -> None:
    if size > settings.max_body:
        raise Problem(413, f"the body has more than {settings.max_body:,} bytes: send less at once")
