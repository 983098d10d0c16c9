"""What programs can ask: as an OpenAPI document, and as a page that loads nothing from elsewhere."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from classifier.pages import render
from classifier.service.core import service_of
from classifier.service.openapi import document


async def openapi(request: Request) -> Response:
    """Tell what programs can ask."""
    return JSONResponse(_document(request))


async def docs(request: Request) -> Response:
    """Show what programs can ask."""
    told = _document(request)
    schemas = told["components"]["schemas"]
    values = {"schemas": schemas, "base": str(request.base_url), "kind": _kind, "example": _example}
    return HTMLResponse(render("api.html", api=told, **values))


def _document(request: Request) -> dict[str, Any]:
    from classifier.service.endpoints import ENDPOINTS  # which lists this module too

    return document(ENDPOINTS, token=service_of(request).settings.token is not None)


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Return the first example of a schema as JSON; an empty string if it has none."""
    examples = schemas.get(_name(schema), schema).get("examples", [])
    return json.dumps(examples[0], ensure_ascii=False, indent=1) if examples else ""


def _kind(schema: dict[str, Any]) -> str:
    """Return in words what a value is."""
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f'"{value}"' for value in schema["enum"])
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    return _name(schema) or str(schema.get("type", "anything"))


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
