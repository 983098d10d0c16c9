"""JSON lines: an article a line."""

import json
from collections.abc import Iterator
from typing import Any

from classifier.data.articles import Article, Columns
from classifier.data.encodings import check_decoded
from classifier.data.readers.source import Source, missing_column
from classifier.errors import Error, UsageError


def read_json_lines(source: Source) -> Iterator[Article]:
    """Read the objects of a file, one a line; empty lines are allowed."""
    with source.decoded() as file:
        kind: type[Error] = UsageError  # of a first line without a text; a later one is just a broken record
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            place = f"{source.name} line {number}"
            try:
                row = _row(check_decoded(line, place, file.encoding), source.options.columns, place, kind)
            except Error as error:
                source.skip(error)
            else:
                yield from source.article(row, number, place)
            kind = Error


def _row(line: str, columns: Columns, place: str, kind: type[Error]) -> dict[str, Any]:
    """Return the object on a line; an error of `kind` if it has no text."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise Error(f"{place}: not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested thousands deep
        raise Error(f"{place}: JSON that is too large ({error})") from error
    if not isinstance(row, dict):
        raise Error(f'{place}: not an object; every line should look like {{"id": "1", "text": "..."}}')
    if columns.text not in row:
        raise kind(f"{place}: {missing_column(row, columns.text, 'text')}")
    return row
