"""All addresses: what answers them, and what the OpenAPI document tells about them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from classifier.service import about, annif, correcting, docs, documents, label_studio, predicting, schemas
from classifier.service.bodies import DOCUMENT, FORM, JSON
from classifier.service.files import FORMATS, FileOptions
from classifier.service.page import page

Handler = Callable[[Request], Awaitable[Response]]
BINARY = {"type": "string", "format": "binary"}
_TEXT = {"type": "string"}
_PROJECT = "/v1/projects/{project_id}"


@dataclass(frozen=True)
class Endpoint:
    """An address and a method.

    Attributes
    ----------
    path, method
        As HTTP has them; parts of the path in braces are parameters.
    handler
        What answers.
    body, answer
        What is sent and what comes back, by media type: a model or a JSON schema; empty: nothing.
    query
        Parameters of the address; None: there are none.
    problems
        Statuses of errors, beside those that every address has.
    shown
        It stands in the OpenAPI document: it is for programs.
    """

    path: str
    method: str
    handler: Handler
    body: Mapping[str, type[BaseModel] | dict[str, Any]]
    answer: Mapping[str, type[BaseModel] | dict[str, Any]]
    query: type[BaseModel] | None = None
    problems: tuple[int, ...] = ()
    shown: bool = True


_SENT = (408, 413, 415, 422, 429, 503)  # what may be wrong with what is sent, or with the time at which it comes


def _post(path: str, handler: Handler, body: type[BaseModel], answer: type[BaseModel], *problems: int) -> Endpoint:
    return Endpoint(path, "POST", handler, {JSON: body}, {JSON: answer}, None, (*_SENT, *problems))


def _get(path: str, handler: Handler, answer: type[BaseModel], *problems: int) -> Endpoint:
    return Endpoint(path, "GET", handler, {}, {JSON: answer}, problems=problems)


def _page(path: str, handler: Handler) -> Endpoint:
    return Endpoint(path, "GET", handler, {}, {"text/html": _TEXT}, shown=False)


ENDPOINTS = [
    _post("/v1/predict", predicting.predict, schemas.PredictIn, schemas.Answer),
    Endpoint(
        *("/v1/predict-batch", "POST", predicting.predict_batch),
        {JSON: schemas.BatchIn, **dict.fromkeys(FORMATS, BINARY)},
        {JSON: schemas.Answers, **dict.fromkeys(FORMATS, BINARY)},
        FileOptions,
        _SENT,
    ),
    Endpoint(
        *("/v1/text", "POST", documents.document_text),
        {DOCUMENT: BINARY},
        {JSON: schemas.DocumentOut},
        problems=_SENT,
    ),
    _post("/v1/explain", predicting.explain, schemas.ExplainIn, schemas.ExplanationOut),
    _post("/v1/feedback", correcting.feedback, schemas.FeedbackIn, schemas.FeedbackOut, 404),
    _get("/v1/topics", about.topics, schemas.TopicsOut),
    _get("/v1/model", about.model, schemas.ModelOut),
    _get("/health", about.health, schemas.StatusOut),
    _get("/ready", about.ready, schemas.StatusOut, 503),
    Endpoint("/metrics", "GET", about.metrics, {}, {"text/plain": _TEXT}),
    _get("/v1/", annif.annif_info, annif.InfoOut),
    _get("/v1/projects", annif.annif_projects, annif.ProjectsOut),
    _get(_PROJECT, annif.annif_project, annif.ProjectOut, 404),
    Endpoint(
        *(f"{_PROJECT}/suggest", "POST", annif.annif_suggest),
        {FORM: annif.SuggestIn},
        {JSON: annif.Suggestions},
        problems=(*_SENT, 404),
    ),
    Endpoint(
        *(f"{_PROJECT}/suggest-batch", "POST", annif.annif_suggest_batch),
        {JSON: annif.SuggestBatchIn},
        {JSON: annif.BatchSuggestions},
        annif.SuggestOptions,
        (*_SENT, 404),
    ),
    _post("/setup", label_studio.label_studio_setup, label_studio.SetupIn, label_studio.SetupOut),
    _post("/predict", label_studio.label_studio_predict, label_studio.TasksIn, label_studio.TasksOut),
    _page("/", page),
    _page("/docs", docs.docs),
    Endpoint("/openapi.json", "GET", docs.openapi, {}, {JSON: {"type": "object"}}, shown=False),
]
