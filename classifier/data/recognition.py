"""Files that the writers have written, told by their columns and first rows."""

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from classifier.data.readers.workbook import open_sheet
from classifier.data.writers.ninjs import PROGRAM, STANDARD
from classifier.errors import Error
from classifier.model.predictions import NOTES

_WIDE, _LONG = {"id", "topics", "probabilities", "note"}, {"id", "topic", "probability", "note"}  # of every answer
_LISTS = {"topics", "probabilities", "origins"}
_NINJS = {"uri", "type", "representationType", "profile", "standard", "headlines", "subjects", "edNote"}
_ROWS = 1000  # that are looked at
_LINE = 1 << 20  # characters of a line that are looked at


def is_answer(path: Path) -> bool:
    """Whether a file holds answers in JSON lines, CSV, Parquet, Excel or ninjs, as they were written.

    Answers to which somebody has added a topic or a remark are no longer ours, if it is in the first rows. A table for
    people cannot be told from a text.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start == b"PAR1":
            return _is_parquet_answer(path)
        if start == b"PK\3\4":
            return _is_workbook_answer(path)
        with path.open(encoding="utf-8", newline="") as text:
            return all(map(_is_row, _rows(text)))
    except (Error, OSError, ValueError, TypeError, AttributeError, RecursionError, csv.Error):  # it is something else
        return False


def _is_parquet_answer(path: Path) -> bool:
    import pyarrow as pa
    from pyarrow.parquet import read_schema

    try:
        names = set(read_schema(path).names)
    except pa.ArrowException:
        return False
    return names >= _WIDE or names >= _LONG


def _is_workbook_answer(path: Path) -> bool:
    with path.open("rb") as file, open_sheet(file, str(path), ["note"]) as sheet:
        header = dict.fromkeys(sheet.names, "")
        rows = [{name: _cell(cell) for name, cell in row.items()} for _, row in islice(sheet.rows, _ROWS)]
    return sheet.sheets == 1 and all(_is_row(_split(row, "; ")) for row in [header, *rows])


def _cell(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _rows(file: TextIO) -> Iterator[Any]:
    first = file.readline(_LINE)
    file.seek(0)
    lines: Iterable[str] = iter(lambda: file.readline(_LINE), "")
    if first.startswith("{"):
        yield from map(json.loads, islice(lines, _ROWS))
        return
    reader = csv.DictReader(lines)
    yield _split(dict.fromkeys(reader.fieldnames or [], ""), ";")
    for row in islice(reader, _ROWS):
        yield _split(row, ";")


def _split(row: dict[str, Any], separator: str) -> dict[str, Any]:
    """Return a row of a table with its lists."""
    return {**row, **{name: list(filter(None, row[name].split(separator))) for name in _LISTS & row.keys()}}


def _is_row(row: Any) -> bool:
    """Whether a row is an answer: as many origins (or probabilities) as topics, and no note but ours."""
    if not isinstance(row, dict):
        return False
    if row.keys() >= _WIDE:  # topics that people and rules give may have no probability
        return (
            len(row["topics"]) == len(row["origins" if "origins" in row else "probabilities"]) and row["note"] in NOTES
        )
    if row.keys() >= _LONG:
        told = row["topic"] if "given" in row else row.get("origin", row["probability"])
        return (row["topic"] in (None, "")) == (told in (None, "")) and row["note"] in NOTES
    return _is_item(row)


def _is_item(row: dict[str, Any]) -> bool:
    """Whether an item of ninjs is ours, with no subject but ours."""
    is_ours = row.keys() <= _NINJS and row.get("profile") == PROGRAM and row.get("standard") == STANDARD
    note = row.get("edNote", "").removeprefix(f"{PROGRAM}: ")
    return is_ours and note in NOTES and all(subject["creator"] == PROGRAM for subject in row["subjects"])
