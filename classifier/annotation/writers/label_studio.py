"""Tasks for Label Studio, and beside them its labelling configuration."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from classifier.annotation.tasks import ID, Task
from classifier.data.readers.source import plain
from classifier.errors import UsageError
from classifier.storage.atomic import atomic_write
from classifier.topics import taxonomy, topic_name

CONTROL = "topics"  # name of the group of choices
_TEXT = "text"  # name of what is labelled
_VERSION = "news-topics"  # by which Label Studio tells predictions of several models apart


def write_label_studio(path: Path, tasks: Sequence[Task], topics: Sequence[str]) -> None:
    """Write a list of tasks, and the configuration into an ``.xml`` file of the same name."""
    if path.suffix.lower() == ".xml":
        raise UsageError(f"{path} would be both tasks and configuration: name a file that ends in .json")
    if odd := [topic for topic in topics if not topic.isprintable()]:
        raise UsageError(f"Label Studio cannot hold the topic {odd[0]!r}: write .xlsx or .csv")
    with atomic_write(path.with_suffix(".xml")) as file:
        file.write(_configuration(topics, has_notes=any(task.note for task in tasks)))
    with atomic_write(path) as file:
        json.dump([_task(task) for task in tasks], file, ensure_ascii=False, indent=1)


def _task(task: Task) -> dict[str, Any]:
    data = {ID: task.article.id, "headline": task.headline, "text": task.body}
    row: dict[str, Any] = {"data": {**data, "chosen": task.chosen, "topic": task.topic, **task.noted}}
    if task.shown:
        row["predictions"] = [prediction(task.shown)]
    return row


def prediction(
    choices: Mapping[str, float], names: tuple[str, str] = (CONTROL, _TEXT), version: str = _VERSION
) -> dict[str, Any]:
    """Return what a model says of a task, as Label Studio takes it.

    Parameters
    ----------
    choices
        What it chooses, with probabilities.
    names
        Of the group of choices and of what is labelled, in the labelling configuration.
    version
        By which Label Studio tells predictions of several models apart.
    """
    score = round(min(choices.values(), default=0.0), 4)  # of the topic the model is least sure of, to sort by
    chosen = {"from_name": names[0], "to_name": names[1], "type": "choices", "value": {"choices": list(choices)}}
    return {"model_version": version, "score": score, "result": [chosen] if choices else []}


def _configuration(topics: Sequence[str], *, has_notes: bool) -> str:
    """Return the interface: the article, and the topics by their Russian names, with a field to find one by."""
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Header", value="$headline")
    if has_notes:
        ElementTree.SubElement(view, "Header", value="$note", size="5")
    ElementTree.SubElement(view, "Text", name=_TEXT, value="$text")
    ElementTree.SubElement(view, "Filter", name="filter", toName=CONTROL, minlength="0", placeholder="Найти тему")
    choices = ElementTree.SubElement(view, "Choices", name=CONTROL, toName=_TEXT, choice="multiple", showInline="true")
    for topic in topics:
        choice = ElementTree.SubElement(choices, "Choice", value=str(plain(topic_name(topic, "ru"))), alias=topic)
        if topic in taxonomy():
            choice.set("hint", taxonomy()[topic].definition_ru)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"
