"""JSON lines: an article a line."""

import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple, TextIO

from classifier.data.articles import Article, Notice
from classifier.data.encodings import check_decoded
from classifier.data.readers.columns import USUAL, find_columns
from classifier.data.readers.source import Source, check_length, missing_column, read_line
from classifier.errors import Error, UsageError

_ARRAY = re.compile(r"\s*\[\s*(\{|$)")  # how an array of objects starts, which a file of JSON often is


class Record(NamedTuple):
    """An object that may be an article: its number in the file, its place for errors, and what returns it."""

    number: int
    place: str
    get: Callable[[], Any]


def read_json_lines(source: Source) -> Iterator[Article]:
    """Read the objects of a file, one a line; empty lines are allowed."""
    with source.decoded() as file:
        yield from read_records(source, _records(file, source.name))


def read_records(source: Source, records: Iterable[Record]) -> Iterator[Article]:
    """Read records; those that are no articles are left out. The first one tells what the columns are called."""
    records = iter(records)
    first = list(islice(records, 1))
    source = _with_names(source, first)
    columns = source.options.columns
    missing = {columns.title, columns.id, *columns.keep} - {USUAL.title, USUAL.id}  # of the columns that were named
    kind: type[Error] = UsageError  # of a first record without a text; a later one is just a broken record
    for record in chain(first, records):
        try:
            row = _check_row(record.get(), columns.text, record.place, kind)
        except Error as error:
            source.skip(error)
        else:
            missing -= row.keys()
            if article := source.article(row, record.number, record.place):
                yield article
        kind = Error
    for column in sorted(missing):
        warnings.warn(f"{source.name}: no article has {column!r}", Notice, stacklevel=2)


def _with_names(source: Source, records: Iterable[Record]) -> Source:
    """Return the source with the columns as a record calls them."""
    for record in records:
        with suppress(Error):  # it is told when the record is read
            if isinstance(row := record.get(), dict):
                return source.with_columns(find_columns(source.options.columns, list(row)))
    return source


def parse_json(text: str, place: str) -> Any:
    """Return what some JSON says; an `Error` if it is none."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Error(f"{place}: not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested thousands deep
        raise Error(f"{place}: JSON that is too large ({error})") from error


def _records(file: TextIO, name: str) -> Iterator[Record]:
    """Yield the lines that are not empty, with their numbers."""
    number, is_first = 0, True
    while line := read_line(file):
        number += 1
        if not line.isspace():
            place = f"{name} line {number}"
            if is_first and _ARRAY.match(line):
                raise UsageError(f"{place}: a JSON array: read it with --from json, or name it .json")
            is_first = False
            yield Record(number, place, partial(_parse_line, line, place, file.encoding))


def _parse_line(line: str, place: str, encoding: str) -> Any:
    return parse_json(check_decoded(check_length(line, place), place, encoding), place)


def _check_row(row: Any, text: str, place: str, kind: type[Error]) -> dict[str, Any]:
    """Return an object; an error of `kind` if it has no text."""
    if not isinstance(row, dict):
        raise Error(f'{place}: not an object; each should look like {{"id": "1", "text": "..."}}')
    if text not in row:
        raise kind(f"{place}: {missing_column(list(row), text, 'text')}")
    return row
