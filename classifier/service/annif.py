"""The interface of Annif, so that what talks to Annif can talk to this service: one project, ``news-topics``.

Annif's suggestions are a ranking: all topics, the most probable first, unless a `limit` or a `threshold` says
otherwise. Whether an article has a topic, /v1/predict tells.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote

from pydantic import BaseModel, ConfigDict, FailFast, Field, RootModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifier import __version__
from classifier.data.answers import OutputOptions
from classifier.data.articles import Article
from classifier.model.predictions import RESERVED
from classifier.service.bodies import FORM, parse_values, read_body
from classifier.service.core import Service, service_of
from classifier.service.predicting import parse_aside, read_asked
from classifier.service.problems import Problem
from classifier.service.settings import MEGABYTE
from classifier.topics import media_topic_uri, taxonomy, topic_name

PROJECT = "news-topics"
_OPTIONS = OutputOptions("jsonl", all_topics=True)
_MAX_FORM = 4 * MEGABYTE  # bytes of a form, some 700,000 characters; to decode it takes 80 times as much memory
_MAX_FIELDS = 100  # of a form: Annif's clients may add fields with metadata, which it ignores too


class SuggestOptions(BaseModel):
    """How many topics are suggested."""

    model_config = ConfigDict(extra="ignore")

    limit: Annotated[int, Field(ge=0, description="Topics at most.")] = 10
    threshold: Annotated[float, Field(ge=0, le=1, description="Topics of at least this probability.")] = 0.0
    language: Annotated[Literal["ru", "en"], Field(description="Of the labels.")] = "ru"


class SuggestIn(SuggestOptions):
    """An article, as a form."""

    text: Annotated[str, Field(description="The article, with its headline as the first line.")]


class Document(BaseModel):
    """An article of several."""

    text: str
    document_id: str | None = None


class SuggestBatchIn(BaseModel):
    """Articles."""

    documents: Annotated[list[Document], FailFast()]


class Suggestion(BaseModel):
    """A topic and its probability."""

    uri: Annotated[str, Field(description="Of the IPTC Media Topic; for a topic of your own, one that names its id.")]
    label: Annotated[str, Field(description="The topic's name.")]
    notation: Annotated[str, Field(description="Its id.")]
    score: float


class Suggestions(BaseModel):
    """The most probable topics of an article."""

    results: list[Suggestion]


class DocumentSuggestions(Suggestions):
    """The most probable topics of an article of several."""

    document_id: str | None


class BatchSuggestions(RootModel[list[DocumentSuggestions]]):
    """The most probable topics of each article, in their order."""


class InfoOut(BaseModel):
    """What answers."""

    title: str
    version: str


class ProjectOut(BaseModel):
    """What Annif calls a project: the model."""

    model_config = ConfigDict(extra="allow")

    project_id: str
    name: str
    language: str
    backend: dict[str, str]


class ProjectsOut(BaseModel):
    """The only project."""

    projects: list[ProjectOut]


async def annif_info(_: Request) -> Response:
    """Tell what answers, as Annif does."""
    return JSONResponse({"title": "news-topics, with the interface of Annif", "version": __version__})


async def annif_projects(request: Request) -> Response:
    """Tell of the only project, as Annif does."""
    return JSONResponse({"projects": [_project(service_of(request))]})


async def annif_project(request: Request) -> Response:
    """Tell of the project, as Annif does."""
    _check_project(request)
    return JSONResponse(_project(service_of(request)))


async def annif_suggest(request: Request) -> Response:
    """Suggest topics for an article, as Annif does."""
    _check_project(request)
    service = service_of(request)
    service.batcher.check_room()
    body = await read_body(request, service.settings, FORM)
    if len(body) > _MAX_FORM:
        raise Problem(413, f"a form may have {_MAX_FORM:,} bytes: send such a text to /v1/predict")
    asked = parse_values(SuggestIn, await parse_aside(request, service, body, _fields))
    (found,) = await _suggest(request, [asked.text], asked)
    return JSONResponse({"results": found})


async def annif_suggest_batch(request: Request) -> Response:
    """Suggest topics for several articles, as Annif does."""
    _check_project(request)
    service = service_of(request)
    service.batcher.check_room()
    options = parse_values(SuggestOptions, dict(request.query_params))
    asked = await read_asked(request, service, SuggestBatchIn)
    found = await _suggest(request, [document.text for document in asked.documents], options)
    ids = [document.document_id for document in asked.documents]
    return JSONResponse([{"document_id": id, "results": results} for id, results in zip(ids, found, strict=True)])


async def _suggest(request: Request, texts: list[str], options: SuggestOptions) -> list[list[dict[str, Any]]]:
    articles = [Article(str(number), text, {}, f"article {number}") for number, text in enumerate(texts, 1)]
    lines = await service_of(request).tag(request, articles, _OPTIONS)
    return [_suggestions(json.loads(line), options) for line in lines]


def _suggestions(answer: Mapping[str, Any], options: SuggestOptions) -> list[dict[str, Any]]:
    """Return the topics of an answer with all probabilities; none if the article cannot be judged."""
    if answer["note"]:
        return []
    scores = {topic: score for topic, score in answer.items() if topic not in ("id", *RESERVED)}
    ranked = sorted((topic for topic in scores if scores[topic] >= options.threshold), key=lambda topic: -scores[topic])
    return [
        {"uri": _uri(topic), "label": topic_name(topic, options.language), "notation": topic, "score": scores[topic]}
        for topic in ranked[: options.limit]
        if scores[topic] > 0
    ]


def _uri(topic: str) -> str:
    known = taxonomy().get(topic)
    return f"urn:news-topics:{quote(topic, safe='')}" if known is None else media_topic_uri(known)


def _fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"))
    except ValueError as error:
        raise Problem(422, f"this is not a form in UTF-8 of at most {_MAX_FIELDS} fields") from error


def _check_project(request: Request) -> None:
    if (id := request.path_params["project_id"]) != PROJECT:
        raise Problem(404, f"there is no project {id!r:.100}; the only one is {PROJECT}")


def _project(service: Service) -> dict[str, Any]:
    classes = service.model.now.predictor.classes
    return {
        "project_id": PROJECT,
        "name": f"Topics of Russian news: {service.model.folder.resolve().name}",
        "language": "ru",
        "backend": {"backend_id": PROJECT},
        "vocab": {"vocab_id": PROJECT, "languages": ["ru", "en"], "size": len(classes), "loaded": True},
        "vocab_language": "ru",
        "is_trained": True,
        "modification_time": service.model.now.manifest.get("created"),
    }
