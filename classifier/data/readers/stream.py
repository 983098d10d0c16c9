"""Standard input or a pipe: without a name, its first bytes tell what it is."""

import csv
import re
from collections.abc import Iterator

from classifier.data.articles import Article
from classifier.data.readers.csv import DELIMITERS, read_csv
from classifier.data.readers.html import is_page, read_page
from classifier.data.readers.json_lines import read_json_lines
from classifier.data.readers.source import HEAD, Source
from classifier.data.readers.text import read_text
from classifier.errors import UsageError

_LINE_END = re.compile(r"[\r\n]")
_MAX_HEADER = 100_000  # characters; the limit of the csv module for a field is a little more
_JSON = re.compile(r"\{\s*[\"}]|\[\s*\{")


def read_stream(source: Source) -> Iterator[Article]:
    """Read JSON lines, a page, or a table whose header names the column of the texts; everything else is one text."""
    head = source.stream.peek(HEAD)
    if head.startswith(b"PAR1"):
        raise UsageError("Parquet cannot be read from standard input: name a file")
    start = head.decode(source.encoding(), errors="ignore").lstrip("\ufeff \t\r\n")
    if _JSON.match(start):
        return read_json_lines(source)
    if is_page(start):
        return read_page(source)
    return read_csv(source) if source.options.columns.text in _header(start) else read_text(source)


def _header(start: str) -> set[str]:
    """Return the columns of a table, whatever its delimiter."""
    line = _LINE_END.split(start, maxsplit=1)[0][:_MAX_HEADER]
    return {name for delimiter in DELIMITERS for name in next(csv.reader([line], delimiter=delimiter), [])}
