"""What Label Studio exports as JSON, JSON-MIN and CSV."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from classifier.annotation.returned.json_files import read_list
from classifier.annotation.returned.row import Row, article_id, text_of
from classifier.annotation.tasks import ID
from classifier.annotation.writers.label_studio import CONTROL
from classifier.data.readers.source import as_id
from classifier.errors import Error


def read_label_studio(path: Path) -> Iterator[Row]:
    """Yield what the readers said, from JSON or JSON-MIN."""
    for number, item in enumerate(read_list(path), start=1):
        place = f"{path} task {number}"
        if not isinstance(item, dict):
            raise Error(f"{place}: not an object")
        with _expected(place):
            yield from _task(item, place) if "data" in item else [flat_row(item, place)]


@contextmanager
def _expected(place: str) -> Iterator[None]:
    """Tell where something is not of the type that Label Studio writes."""
    try:
        yield
    except (AttributeError, KeyError, TypeError) as error:
        raise Error(f"{place} is not as Label Studio writes it; export it again as JSON or JSON-MIN") from error


def _task(task: dict[str, Any], place: str) -> Iterator[Row]:
    data = task["data"]
    article = article_id(data.get(ID, data.get("id")), place)
    chosen = text_of(data.get("chosen"))
    annotations = task.get("annotations", [])  # a task that was never imported has none
    if not annotations:
        yield Row(article, None, "", chosen, place)
    for annotation in annotations:
        topics = None if annotation.get("was_cancelled") else _choices(annotation["result"])
        reader, key = _reader(annotation.get("completed_by")), text_of(annotation.get("unique_id"))
        yield Row(article, topics, reader, chosen, place, key)


def _choices(result: list[dict[str, Any]]) -> list[str]:
    """Return what was chosen; results of other kinds, such as remarks, hold no topics."""
    return [str(choice) for part in result if part["type"] == "choices" for choice in part["value"]["choices"]]


def flat_row(item: Mapping[str, Any], place: str) -> Row:
    """Return what an object of JSON-MIN or a row of CSV says: ``id`` is that of the task, not of the article."""
    is_read = as_id(item.get("annotation_id")) != ""
    with _expected(place):
        topics = _flat_topics(item.get(CONTROL)) if is_read else None
    reader = _reader(item.get("annotator")) if is_read else ""
    return Row(article_id(item.get(ID), place), topics, reader, text_of(item.get("chosen")), place)


def _flat_topics(cell: Any) -> list[str]:
    """Return topics that are one name, an object of several, or in CSV the same as a string; none: a gap."""
    if isinstance(cell, str) and cell.startswith("{"):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return [cell]
    if isinstance(cell, dict):
        return [str(choice) for choice in cell["choices"]]
    return [str(cell)] if cell else []


def _reader(cell: Any) -> str:
    """Return the number of a user, or the e-mail address, which some versions tell."""
    return as_id(cell.get("email") or cell["id"]) if isinstance(cell, dict) else as_id(cell)
