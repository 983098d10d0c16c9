"""JSON lines: an article a line."""

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

from classifier.data.articles import Article, Columns, Notice
from classifier.data.encodings import check_decoded
from classifier.data.readers.source import USUAL, Source, check_length, missing_column, read_line
from classifier.errors import Error, UsageError

_ARRAY = re.compile(r"\s*\[\s*(\{|$)")  # how an array of objects starts, which a file of JSON often is


def read_json_lines(source: Source) -> Iterator[Article]:
    """Read the objects of a file, one a line; empty lines are allowed."""
    with source.decoded() as file:
        columns = source.options.columns
        missing = {columns.title, columns.id, *columns.keep} - {USUAL.title, USUAL.id}  # of the columns that were named
        kind: type[Error] = UsageError  # of a first line without a text; a later one is just a broken record
        for number, line in _lines(file):
            place = f"{source.name} line {number}"
            try:
                check_decoded(check_length(line, place), place, file.encoding)
                row = _row(line, source.options.columns, place, kind)
            except Error as error:
                source.skip(error)
            else:
                missing -= row.keys()
                yield from source.article(row, number, place)
            kind = Error
        for column in sorted(missing):
            warnings.warn(f"{source.name}: no line has {column!r}", Notice, stacklevel=2)


def _lines(file: TextIO) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, with their numbers."""
    number = 0
    while line := read_line(file):
        number += 1
        if not line.isspace():
            yield number, line


def _row(line: str, columns: Columns, place: str, kind: type[Error]) -> dict[str, Any]:
    """Return the object on a line; an error of `kind` if it has no text."""
    if kind is UsageError and _ARRAY.match(line):
        raise UsageError(f"{place}: a JSON array; write each of its objects on a line, as `jq -c '.[]' FILE` does")
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise Error(f"{place}: not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested thousands deep
        raise Error(f"{place}: JSON that is too large ({error})") from error
    if not isinstance(row, dict):
        raise Error(f'{place}: not an object; every line should look like {{"id": "1", "text": "..."}}')
    if columns.text not in row:
        raise kind(f"{place}: {missing_column(list(row), columns.text, 'text')}")
    return row
