"""What programs can ask: as an OpenAPI document, and as a page that loads nothing from elsewhere."""

import json
import re
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from classifier.pages import render
from classifier.pages.messages import Messages, messages
from classifier.service.core import service_of
from classifier.service.openapi import document
from classifier.service.page import VARY, language_of

_OTHERS = ("Annif", "Label Studio")  # programs whose interfaces this service has too; their handlers' names begin so


async def openapi(request: Request) -> Response:
    """Tell what programs can ask."""
    return JSONResponse(_document(request))


async def docs(request: Request) -> Response:
    """Show what programs can ask; what the document itself describes stays English."""
    told = _document(request)
    schemas, say = told["components"]["schemas"], messages(language_of(request))
    values = {"base": str(request.base_url), "kind": partial(_kind, say), "example": _example}
    groups = _groups(told["paths"])
    return HTMLResponse(render("api.html", api=told, groups=groups, schemas=schemas, say=say, **values), headers=VARY)


def _groups(paths: dict[str, Any]) -> dict[str, list[tuple[str, str, Any]]]:
    """Return method, path and operation of each address: the service's own, under no name, then those of others."""
    groups: dict[str, list[tuple[str, str, Any]]] = {"": [], **{name: [] for name in _OTHERS}}
    for path, methods in paths.items():
        for method, operation in methods.items():
            handler = operation["operationId"]
            name = next((name for name in _OTHERS if handler.startswith(name.lower().replace(" ", "_"))), "")
            groups[name].append((method, path, operation))
    return groups


def _document(request: Request) -> dict[str, Any]:
    from classifier.service.endpoints import ENDPOINTS  # which lists this module too

    return document(ENDPOINTS, token=service_of(request).settings.token is not None)


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Return the first example of a schema as JSON; an empty string if it has none."""
    examples = schemas.get(_name(schema), schema).get("examples", [])
    return json.dumps(examples[0], ensure_ascii=False, indent=1) if examples else ""


def _kind(say: Messages, schema: dict[str, Any]) -> Markup:
    """Return in words what a value is; names of schemas lead to where they are described."""
    if "anyOf" in schema:
        return Markup(f" {say('docs_or')} ").join(_kind(say, each) for each in schema["anyOf"])
    if "items" in schema:
        return Markup(say("docs_list", kind="{}")).format(_kind(say, schema["items"]))
    if name := _name(schema):
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if values := _values(schema):
        return Markup(", ").join(f'"{value}"' for value in values)
    return Markup("{}").format(schema.get("type") or say("docs_anything"))


def _values(schema: dict[str, Any]) -> list[str]:
    """Return the only values that are allowed, if so; a pattern may list them, as ``^(csv|xlsx)$``."""
    found = re.fullmatch(r"\^\(([\w|-]+)\)\$", schema.get("pattern", ""))
    return found[1].split("|") if found else schema.get("enum", [])


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
