"""CSV and TSV: an article a row. A row with wrong quotes costs no other row."""

import csv
import re
import sys
from collections import deque
from collections.abc import Iterator
from typing import TextIO

from classifier.data.articles import MAX_LENGTH, Article
from classifier.data.encodings import check_decoded
from classifier.data.readers.source import Source, check_length, read_line
from classifier.errors import Error

DELIMITERS = ",;\t"
_EMPTY = ("\n", "\r\n", "\r")
_MAX_LINES = 10_000  # of one record; a quote that is still open then was not meant to be one
# Lines after a wrong quote are read again. Where that is done to more than ten times the file, as in one whose every
# line opens a quote, a record has at most ten lines; time would grow with the square of the file.
_MAX_AGAIN, _FEW_LINES = 10, 10


def read_csv(source: Source, delimiter: str | None = None) -> Iterator[Article]:
    """Read the rows of a table; None: the delimiter is the most frequent of comma, semicolon and tab in the header."""
    csv.field_size_limit(sys.maxsize)  # Python's limit, 128 KB, is shorter than some articles
    with source.decoded() as file:
        lines = _Lines(file)
        names, delimiter = _header(lines, source.name, delimiter)
        source = source.with_header(names)
        number = 0
        while lines.start_record():
            place = f"{source.name} line {lines.number}"
            try:
                fields = _record(lines, delimiter, len(names), place)
                check_decoded("".join(lines.taken), place, file.encoding)
            except Error as error:
                source.skip(error)
                continue
            if fields:
                number += 1
                if article := source.article(dict(zip(names, fields, strict=True)), number, place):
                    yield article


def read_tsv(source: Source) -> Iterator[Article]:
    """Read the rows of a table whose delimiter is the tab."""
    return read_csv(source, delimiter="\t")


class _Lines:
    """Lines that remember which of them a record took, and can take them back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self._read = self._again = self._size = 0  # characters: of the file, read again, of the record
        self.taken: list[str] = []
        self.number = 1  # of the next line

    def __iter__(self) -> Iterator[str]:
        return self

    def start_record(self) -> bool:
        """Begin a record at the next line that is not empty; False at the end of the file."""
        self.taken, self._size = [], 0
        while not self._back and (line := self._read_line()):
            if line in _EMPTY:
                self.number += 1
            else:
                self._back.append(line)
        return bool(self._back)

    def __next__(self) -> str:
        most = _MAX_LINES if self._again <= MAX_LENGTH + _MAX_AGAIN * self._read else _FEW_LINES
        if len(self.taken) == most or self._size > MAX_LENGTH:
            raise csv.Error("a quote is not closed")
        line = self._back.popleft() if self._back else self._read_line()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._size += len(line)
        self.number += 1
        return line

    def take_back(self) -> None:
        """Return all lines of the record but the first, to be read again."""
        self._back.extendleft(reversed(self.taken[1:]))
        self._again += self._size
        self.number -= len(self.taken) - 1

    def _read_line(self) -> str:
        line = read_line(self._file)
        self._read += len(line)
        return line


def _header(lines: _Lines, name: str, delimiter: str | None) -> tuple[list[str], str]:
    """Return the names of the columns and the delimiter."""
    if not lines.start_record():
        return [], ","
    line = next(lines)
    while not line.strip() and lines.start_record():
        line = next(lines)
    check_length(line, f"{name} line 1")
    if delimiter is None:
        # Spreadsheets with Russian settings write semicolons; a name in quotes may hold any delimiter.
        delimiter = max(DELIMITERS, key=re.sub(r'"[^"]*"', "", line).count)
    try:
        names = next(csv.reader(_chain(line, lines), delimiter=delimiter, strict=True))
    except csv.Error:
        lines.take_back()
        names = _careless(line, delimiter) or []
    return names, delimiter


def _chain(line: str, lines: _Lines) -> Iterator[str]:
    yield line
    yield from lines


def _record(lines: _Lines, delimiter: str, width: int, place: str) -> list[str]:
    """Return the fields of the next record; none for an empty line.

    Raises
    ------
    Error
        Its quotes or the number of its fields are wrong, or it is too long. Then only its first line is taken.
    """
    fields: list[str] | None
    try:
        fields = next(csv.reader(lines, delimiter=delimiter, strict=True))
        problem = f"{len(fields)} fields where the header has {width}; is a quote missing?"
    except csv.Error as error:
        problem = f"{error}; is a quote missing, or one too many?"
        fields = _careless(lines.taken[0], delimiter) if len(lines.taken) == 1 else None
    check_length(lines.taken[0], place)
    if fields is not None and len(fields) in (0, width):
        return fields
    lines.take_back()
    raise Error(f"{place}: {problem}")


def _careless(line: str, delimiter: str) -> list[str] | None:
    """Return the fields of a line with quotes inside quotes, which careless programs write; None if it has none."""
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:  # a line break that Python knows and the csv module does not
        return None
