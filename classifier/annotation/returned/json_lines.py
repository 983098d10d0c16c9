"""What doccano and Prodigy export: an article a line."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.annotation.returned.json_files import read_lines
from classifier.annotation.returned.row import Row, article_id, text_of
from classifier.annotation.tasks import ID, NO_TOPIC
from classifier.data.articles import Notice
from classifier.errors import Error


def read_json_lines(path: Path) -> Iterator[Row]:
    """Yield what the readers of doccano or Prodigy said; a `Notice` tells what doccano leaves open."""
    unlabelled = 0
    for line, place in read_lines(path):
        if isinstance(line.get("options"), list) and isinstance(line.get("meta"), dict):
            yield _prodigy(line, place)
        elif "label" in line or "labels" in line:
            row = _doccano(line, place)
            unlabelled += row.topics is None
            yield row
        else:
            raise Error(
                f"{place}: neither doccano's 'label' nor Prodigy's 'options' and 'meta': is it an export of a queue?"
            )
    if unlabelled:
        message = f"{path}: {unlabelled:,} articles without a label count as not read; {NO_TOPIC!r} says that none fits"
        warnings.warn(message, Notice, stacklevel=2)


def _doccano(line: dict[str, Any], place: str) -> Row:
    """Return what a file of doccano says; each reader has a file.

    doccano does not tell whether an article without a label was read, so it counts as not read.
    """
    topics = _strings(line.get("label", line.get("labels")), place)
    return Row(article_id(line.get(ID, line.get("id")), place), topics or None, "", text_of(line.get("chosen")), place)


def _prodigy(line: dict[str, Any], place: str) -> Row:
    """Return what a reader of Prodigy said. A line without an answer is of the queue: its topics are suggestions."""
    topics = _strings(line.get("accept", []), place) if line.get("answer") == "accept" else None
    reader = text_of(line.get("_annotator_id")) or text_of(line.get("_session_id"))
    meta = line["meta"]
    return Row(article_id(meta.get(ID), place), topics, reader, text_of(meta.get("chosen")), place)


def _strings(cell: Any, place: str) -> list[str]:
    if not isinstance(cell, list) or not all(isinstance(name, str) for name in cell):
        raise Error(f"{place}: topics are {cell!r:.40}, not a list of names")
    return cell
