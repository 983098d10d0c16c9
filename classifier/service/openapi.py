"""The OpenAPI document (3.1), from which the page /docs is made and clients can be generated."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from classifier import __version__
from classifier.pages.messages import messages
from classifier.service.problems import MEDIA_TYPE
from classifier.service.schemas import ProblemOut

if TYPE_CHECKING:
    from classifier.service.endpoints import Endpoint

_EVERYWHERE = (400, 401, 429)  # a name that the service does not have, no token, too many wrong ones
_REF = "#/components/schemas/{model}"
_say = messages("en")


def document(endpoints: Iterable["Endpoint"], *, token: bool) -> dict[str, Any]:
    """Return the OpenAPI document of some endpoints; `token`: they ask for one."""
    shown = [endpoint for endpoint in endpoints if endpoint.shown]
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in shown:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    kinds: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemOut, "validation")]
    for endpoint in shown:
        kinds += [(kind, "validation") for kind in _models(endpoint.body) + _models(endpoint.answer)]
    _, schemas = models_json_schema(list(dict.fromkeys(kinds)), ref_template=_REF)
    components: dict[str, Any] = {"schemas": schemas["$defs"]}
    if token:
        components["securitySchemes"] = {name: {"type": "http", "scheme": name} for name in ("bearer", "basic")}
    return {
        "openapi": "3.1.0",
        "info": {"title": "news-topics", "version": __version__, "description": _say("docs_about")},
        "paths": paths,
        "components": components,
        "security": [{"bearer": []}, {"basic": []}] if token else [],
    }


def _models(contents: Mapping[str, type[BaseModel] | dict[str, Any]]) -> list[type[BaseModel]]:
    return [kind for kind in contents.values() if isinstance(kind, type)]


def _operation(endpoint: "Endpoint") -> dict[str, Any]:
    responses: dict[str, Any] = {"200": _response(_say("docs_as_asked"), endpoint.answer)}
    for status in sorted({*endpoint.problems, *_EVERYWHERE}):
        responses[str(status)] = _response(HTTPStatus(status).phrase, {MEDIA_TYPE: ProblemOut})
    operation: dict[str, Any] = {
        "operationId": endpoint.handler.__name__,
        "summary": _say(f"does_{endpoint.handler.__name__}"),
        "parameters": [*_path_parameters(endpoint.path), *_query_parameters(endpoint.query)],
        "responses": responses,
    }
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": _content(endpoint.body)}
    return operation


def _response(description: str, contents: Mapping[str, type[BaseModel] | dict[str, Any]]) -> dict[str, Any]:
    return {"description": description, **({"content": _content(contents)} if contents else {})}


def _content(contents: Mapping[str, type[BaseModel] | dict[str, Any]]) -> dict[str, Any]:
    return {
        media_type: {"schema": {"$ref": _REF.format(model=kind.__name__)} if isinstance(kind, type) else kind}
        for media_type, kind in contents.items()
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    text, about = {"type": "string"}, _say("docs_part")
    return [{"name": name, "in": "path", "required": True, "description": about, "schema": text} for name in names]


def _query_parameters(query: type[BaseModel] | None) -> list[dict[str, Any]]:
    if query is None:
        return []
    parameters = []
    for name, schema in query.model_json_schema()["properties"].items():
        about = schema.pop("description", "")
        parameters.append({"name": name, "in": "query", "description": about, "schema": schema})
    return parameters
