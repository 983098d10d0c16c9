"""A model for Label Studio (its ML backend): readers see the topics that the model gives, and correct them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, FailFast, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from classifier.annotation.names import TopicNames
from classifier.annotation.writers.label_studio import prediction
from classifier.data.answers import OutputOptions
from classifier.data.articles import Article, with_title
from classifier.service.core import Service, service_of
from classifier.service.predicting import read_asked
from classifier.service.problems import Problem

_TITLES = ("headline", "title")  # fields of a task that may hold the headline: ours, and the usual one
_LONGEST = 100_000  # characters of a labelling configuration; 500 choices of 100 characters are half of that
_OPTIONS = OutputOptions("jsonl")


class SetupIn(BaseModel):
    """A project that will ask for predictions."""

    model_config = ConfigDict(extra="ignore")

    schema_: Annotated[str | None, Field(alias="schema", description="The labelling configuration in XML.")] = None


class SetupOut(BaseModel):
    """Which model will answer."""

    model_version: str


class TaskIn(BaseModel):
    """A task; `data` holds the article."""

    model_config = ConfigDict(extra="ignore")

    data: dict[str, Any]


class TasksIn(BaseModel):
    """Tasks, and the labelling configuration in XML."""

    model_config = ConfigDict(extra="ignore")

    tasks: Annotated[list[TaskIn], FailFast()]
    label_config: str


class PredictionOut(BaseModel):
    """What the model says of a task."""

    model_version: str
    score: float
    result: list[dict[str, Any]]


class TasksOut(BaseModel):
    """A prediction for each task, in their order."""

    results: list[PredictionOut]


@dataclass(frozen=True)
class Interface:
    """What a labelling configuration asks readers.

    Attributes
    ----------
    names
        Of the group of choices, and of what is labelled.
    field
        Of a task's data, that holds the text.
    several
        Whether a reader may choose several topics.
    choices
        What the configuration calls each topic that it offers.
    """

    names: tuple[str, str]
    field: str
    several: bool
    choices: Mapping[str, str]


async def label_studio_setup(request: Request) -> Response:
    """Tell Label Studio which model answers."""
    service = service_of(request)
    asked = await read_asked(request, service, SetupIn)
    if asked.schema_ and "<Choices" in asked.schema_:  # a project may be connected before it is configured
        read_interface(asked.schema_, TopicNames(service.model.now.predictor.classes))
    return JSONResponse({"model_version": _version(service)})


async def label_studio_predict(request: Request) -> Response:
    """Give topics to the tasks of Label Studio."""
    service = service_of(request)
    service.batcher.check_room()
    asked = await read_asked(request, service, TasksIn)
    names = TopicNames(service.model.now.predictor.classes)
    interface, version = read_interface(asked.label_config, names), _version(service)
    articles = [_article(task.data, interface.field, number) for number, task in enumerate(asked.tasks, 1)]
    lines = await service.tag(request, articles, _OPTIONS)
    results = [prediction(_chosen(json.loads(line), interface), interface.names, version) for line in lines]
    return JSONResponse({"results": results})


def read_interface(config: str, names: TopicNames) -> Interface:
    """Read a labelling configuration.

    Raises
    ------
    Problem
        It does not ask for topics of a text.
    """
    if len(config) > _LONGEST:
        raise Problem(413, f"the labelling configuration has more than {_LONGEST:,} characters: make it shorter")
    if "<!" in config.replace("<!--", "") or "xmlns" in config:  # entities and names could grow without limit
        raise Problem(422, "the labelling configuration declares a document type or a namespace: remove that")
    try:
        view = ElementTree.fromstring(config)
    except ElementTree.ParseError as error:
        raise Problem(422, f"the labelling configuration is not XML: {error}") from error
    fields = {part.get("name", ""): part.get("value", "").removeprefix("$") for part in view.iter("Text")}
    for group in view.iter("Choices"):
        choices = _topics_of(group, names)
        text = group.get("toName", "")
        if choices and text in fields:
            several = group.get("choice", "").startswith("multiple")
            return Interface((group.get("name", ""), text), fields[text], several, choices)
    raise Problem(
        422,
        "the labelling configuration has no <Choices> for a <Text> with ids or names of the model's topics: "
        "`news-topics queue --to label-studio` writes one that has",
    )


def _topics_of(group: ElementTree.Element, names: TopicNames) -> dict[str, str]:
    """Return what a group calls each topic that it offers, which is known by its alias or by its value."""
    found: dict[str, str] = {}
    for choice in group.iter("Choice"):
        labels = [label for label in (choice.get("alias"), choice.get("value")) if label]
        topic = next(filter(None, map(names.find, labels)), None)
        if topic is not None:
            found.setdefault(topic, labels[0])
    return found


def _article(data: Mapping[str, Any], field: str, number: int) -> Article:
    """Return the article of a task, empty if its field holds no text."""
    text = data.get(field)
    titles = (data[name] for name in _TITLES if name != field and isinstance(data.get(name), str))
    whole = with_title(next(titles, None), text) if isinstance(text, str) else ""
    return Article(str(number), whole, {}, f"task {number}")


def _chosen(answer: Mapping[str, Any], interface: Interface) -> dict[str, float]:
    """Return what a reader would choose for the topics of an answer that are offered, with their probabilities."""
    given = zip(answer["topics"], answer["probabilities"], strict=True)
    chosen = {interface.choices[topic]: probability for topic, probability in given if topic in interface.choices}
    return chosen if interface.several else dict(list(chosen.items())[:1])


def _version(service: Service) -> str:
    """Return the version of the model; when it changes, Label Studio asks anew."""
    return f"news-topics-{service.model.now.manifest['sha256'][:10]}"
