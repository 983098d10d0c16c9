"""Standard input or a pipe: without a name, its first bytes tell what it is."""

import csv
import re
from collections.abc import Iterator

from classifier.data.articles import Article
from classifier.data.readers.columns import accepted_names, fold
from classifier.data.readers.csv import DELIMITERS, read_csv
from classifier.data.readers.html import is_page, read_page
from classifier.data.readers.json import read_json
from classifier.data.readers.json_lines import read_json_lines
from classifier.data.readers.source import HEAD, Source
from classifier.data.readers.text import read_text
from classifier.errors import UsageError

_LINE_END = re.compile(r"[\r\n]")
_MAX_HEADER = 100_000  # characters; the limit of the csv module for a field is a little more
_JSON, _ARRAY = re.compile(r"\{\s*[\"}]"), re.compile(r"\[\s*\{")
_FILES = {b"PAR1": "Parquet", b"PK\3\4": "an office document or a .zip"}


def read_stream(source: Source) -> Iterator[Article]:
    """Read JSON, a page, or a table whose header names the column of the texts; everything else is one text."""
    head = source.stream.peek(HEAD)
    for start, kind in _FILES.items():
        if head.startswith(start):
            raise UsageError(f"{kind} cannot be read from {source.name}: name a file")
    text = head.decode(source.encoding(), errors="ignore").lstrip("\ufeff \t\r\n")
    if _ARRAY.match(text):
        return read_json(source)
    if _JSON.match(text):
        return read_json_lines(source)
    if is_page(text):
        return read_page(source)
    names = accepted_names(source.options.columns, "text")
    return read_text(source) if _header(text).isdisjoint(names) else read_csv(source)


def _header(start: str) -> set[str]:
    """Return the columns of a table, in small letters, whatever its delimiter."""
    line = _LINE_END.split(start, maxsplit=1)[0][:_MAX_HEADER]
    return {fold(name) for delimiter in DELIMITERS for name in next(csv.reader([line], delimiter=delimiter), [])}
