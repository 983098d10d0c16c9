"""What programs can ask: as an OpenAPI document, and as a page that loads nothing from elsewhere."""

import json
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from classifier.pages import render
from classifier.pages.messages import Messages, messages
from classifier.service.core import service_of
from classifier.service.openapi import document
from classifier.service.page import VARY, language_of


async def openapi(request: Request) -> Response:
    """Tell what programs can ask."""
    return JSONResponse(_document(request))


async def docs(request: Request) -> Response:
    """Show what programs can ask; what the document itself describes stays English."""
    told = _document(request)
    schemas, say = told["components"]["schemas"], messages(language_of(request))
    values = {"base": str(request.base_url), "kind": partial(_kind, say), "example": _example}
    return HTMLResponse(render("api.html", api=told, schemas=schemas, say=say, **values), headers=VARY)


def _document(request: Request) -> dict[str, Any]:
    from classifier.service.endpoints import ENDPOINTS  # which lists this module too

    return document(ENDPOINTS, token=service_of(request).settings.token is not None)


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Return the first example of a schema as JSON; an empty string if it has none."""
    examples = schemas.get(_name(schema), schema).get("examples", [])
    return json.dumps(examples[0], ensure_ascii=False, indent=1) if examples else ""


def _kind(say: Messages, schema: dict[str, Any]) -> str:
    """Return in words what a value is."""
    if "anyOf" in schema:
        return f" {say('docs_or')} ".join(_kind(say, each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f'"{value}"' for value in schema["enum"])
    if "items" in schema:
        return say("docs_list", kind=_kind(say, schema["items"]))
    return _name(schema) or str(schema.get("type", "")) or say("docs_anything")


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
