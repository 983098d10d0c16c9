"""Excel workbooks: an article a row of the first sheet that has the column of the texts."""

import json
import subprocess
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from classifier.data.articles import Article, Notice
from classifier.data.readers.columns import accepted_names, fold
from classifier.data.readers.source import Source, as_id
from classifier.errors import Error, UsageError

OFFICE = "pip install 'news-topics[office]'"
PROTECTED = b"\xd0\xcf\x11\xe0"  # how files of old Office programs start, and new ones with a password
_PROGRAM = Path(__file__).with_name("sheet.py")


class Sheet(NamedTuple):
    """A table of a workbook: how many sheets that has, and the columns of this one, number and cells of each row."""

    sheets: int
    names: list[str]
    rows: Iterator[tuple[int, dict[str, Any]]]


def read_workbook(source: Source) -> Iterator[Article]:
    """Read the rows of a sheet; numbers in columns of text become text, as in a CSV file."""
    columns = source.options.columns
    texts, *others = [accepted_names(columns, role) for role in ("text", "title", "id")]
    wanted = chain(texts, *others, columns.keep, columns.optional)
    with open_sheet(source.stream, source.name, texts, wanted) as sheet:
        source = source.with_header(sheet.names)
        columns = source.options.columns
        for count, (number, row) in enumerate(sheet.rows, 1):
            row |= {name: as_id(row[name]) for name in (columns.text, columns.title) if name in row}
            if article := source.article(row, count, f"{source.name} row {number}"):
                yield article


@contextmanager
def open_sheet(stream: Any, name: str, texts: Sequence[str], wanted: Iterable[str] = ()) -> Iterator[Sheet]:
    """Open a table of a workbook; a `Notice` tells that several have one of the columns `texts`.

    Parameters
    ----------
    stream
        A file on a disk.
    name
        What it is called in messages.
    texts
        The first sheet with a column of one of these names is read, or else the first sheet.
    wanted
        The columns that are needed, none: all. The case of names does not matter.

    Raises
    ------
    UsageError
        The package that reads workbooks is missing, or the file has a password.
    Error
        The file is damaged, or needs too much memory.
    """
    check_office_file(stream, name, "python_calamine")
    command = [sys.executable, "-P", str(_PROGRAM), json.dumps([*map(fold, texts)]), *sorted({*map(fold, wanted)})]
    with subprocess.Popen(
        command, stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            lines = _lines(process, name)
            head = next(lines)
            if head["others"]:
                also = ", ".join(map(repr, head["others"]))
                message = f"{name}: only sheet {head['sheet']!r} is read; column {texts[0]!r} is also in {also}"
                warnings.warn(message, Notice, stacklevel=3)
            yield Sheet(head["count"], head["names"], ((number, row) for number, row in lines))
        finally:
            process.kill()


def check_office_file(stream: Any, name: str, package: str) -> None:
    """Refuse a file of an office program that cannot be read: a `UsageError`."""
    if find_spec(package) is None:
        raise UsageError(f"{name} is a file of an office program; to read it: {OFFICE}")
    if stream.peek(4)[:4] == PROTECTED:
        raise UsageError(f"{name} has a password, or comes from an old program: save it anew, without a password")


def _lines(process: "subprocess.Popen[bytes]", name: str) -> Iterator[Any]:
    """Yield what the process prints, until its end."""
    assert process.stdout is not None
    for line in process.stdout:
        content = json.loads(line)
        if isinstance(content, dict) and "error" in content:
            raise Error(f"{name} is not a workbook or is damaged ({content['error']})")
        yield content
    if process.wait():
        raise Error(f"{name} needs too much memory or time: a cell stands far from the others, or there are too many")
