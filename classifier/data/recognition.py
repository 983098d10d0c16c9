"""Files that the writers have written, told by their columns and first rows."""

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from classifier.model.predictions import NOTES

_COLUMNS = {"id", "topics", "probabilities", "note"}  # that every answer has
_LISTS = {"topics", "probabilities", "origins"}
_ROWS = 1000  # that are looked at
_LINE = 1 << 20  # characters of a line that are looked at


def is_answer(path: Path) -> bool:
    """Whether a file holds answers in JSON lines, CSV or Parquet, as they were written.

    Answers to which somebody has added a topic or a remark are no longer ours, if it is in the first rows. A table for
    people cannot be told from a text.
    """
    try:
        with path.open("rb") as file:
            is_parquet = file.read(4) == b"PAR1"
        if is_parquet:
            return _is_parquet_answer(path)
        with path.open(encoding="utf-8", newline="") as text:
            return all(map(_is_row, _rows(text)))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, csv.Error):  # it is something else
        return False


def _is_parquet_answer(path: Path) -> bool:
    import pyarrow as pa
    from pyarrow.parquet import read_schema

    try:
        return set(read_schema(path).names) >= _COLUMNS
    except pa.ArrowException:
        return False


def _rows(file: TextIO) -> Iterator[dict[str, Any]]:
    first = file.readline(_LINE)
    file.seek(0)
    lines: Iterable[str] = iter(lambda: file.readline(_LINE), "")
    if first.startswith("{"):
        yield from map(json.loads, islice(lines, _ROWS))
        return
    reader = csv.DictReader(lines)
    yield dict.fromkeys(reader.fieldnames or [], "")
    for row in islice(reader, _ROWS):
        yield {**row, **{name: list(filter(None, row[name].split(";"))) for name in _LISTS & row.keys()}}


def _is_row(row: Any) -> bool:
    """Whether a row is an answer: as many probabilities (or origins) as topics, and no note but ours."""
    if not isinstance(row, dict) or not row.keys() >= _COLUMNS:
        return False
    told = row[
        "origins" if "origins" in row else "probabilities"
    ]  # topics that people and rules give may have no probability
    return len(row["topics"]) == len(told) and row["note"] in NOTES
