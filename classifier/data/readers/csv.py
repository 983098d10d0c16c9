"""CSV and TSV: an article a row. A row with wrong quotes costs no other row."""

import csv
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from classifier.data.articles import Article
from classifier.data.encodings import check_decoded
from classifier.data.readers.source import Source
from classifier.errors import Error

_MAX_LINES = 10_000  # of one record; a quote that is still open then was not meant to be one


def read_csv(source: Source, delimiter: str | None = None) -> Iterator[Article]:
    """Read the rows of a table; None: the delimiter is the most frequent of comma, semicolon and tab in the header."""
    csv.field_size_limit(sys.maxsize)  # Python's limit, 128 KB, is shorter than some articles
    with source.decoded() as file:
        lines = _Lines(file)
        header = next(lines, "")
        if delimiter is None:
            delimiter = max(",;\t", key=header.count)  # spreadsheets with Russian settings write semicolons
        names = next(csv.reader([header], delimiter=delimiter), [])
        source.require(names)
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
                yield from source.article(dict(zip(names, fields, strict=True)), number, place)


def read_tsv(source: Source) -> Iterator[Article]:
    """Read the rows of a table whose delimiter is the tab."""
    return read_csv(source, delimiter="\t")


class _Lines:
    """Lines that remember which of them a record took, and can take them back."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 1  # of the next line

    def __iter__(self) -> Iterator[str]:
        return self

    def start_record(self) -> bool:
        """Begin a record; False at the end of the file."""
        self.taken = []
        if not self._back:
            self._back.extend(islice(self._file, 1))
        return bool(self._back)

    def __next__(self) -> str:
        if len(self.taken) == _MAX_LINES:
            raise csv.Error("a quote is not closed")
        self.taken.append(self._back.popleft() if self._back else next(self._file))
        self.number += 1
        return self.taken[-1]

    def take_back(self) -> None:
        """Return all lines of the record but the first, to be read again."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def _record(lines: _Lines, delimiter: str, width: int, place: str) -> list[str]:
    """Return the fields of the next record; none for an empty line.

    Raises
    ------
    Error
        Its quotes or the number of its fields are wrong. Then only its first line is taken.
    """
    fields: list[str] | None
    try:
        fields = next(csv.reader(lines, delimiter=delimiter, strict=True))
        problem = f"{len(fields)} fields where the header has {width}; is a quote missing?"
    except csv.Error as error:
        problem = f"{error}; is a quote missing, or one too many?"
        # Within a line, quotes inside quotes do no harm; careless programs write them.
        fields = next(csv.reader(lines.taken, delimiter=delimiter)) if len(lines.taken) == 1 else None
    if fields is not None and len(fields) in (0, width):
        return fields
    lines.take_back()
    raise Error(f"{place}: {problem}")
