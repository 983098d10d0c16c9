"""A file that is being read, and what all readers need."""

import codecs
import io
import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TextIO

from classifier.data.articles import MAX_LENGTH, Article, Columns, Notice, OnError, ReadOptions, as_string, with_title
from classifier.data.encodings import detect_encoding, is_marked
from classifier.data.readers.columns import USUAL, find_columns
from classifier.errors import Error, UsageError

HEAD = 1 << 18  # bytes from which the encoding of a file is told
_SHOWN = 20  # columns that a message lists
_DEEPEST = 50  # lists and objects inside others; Parquet can hold 100


class Source(NamedTuple):
    """A file that is being read, its name in messages, how to read it, and what to do with a broken record."""

    stream: "io.BufferedReader[Any]"
    name: str
    options: ReadOptions
    on_error: OnError | None

    def skip(self, error: Error) -> None:
        """Leave a broken record out, or raise its error."""
        if self.on_error is None or isinstance(error, UsageError):
            raise error
        self.on_error(error)

    def article(self, row: dict[str, Any], number: int, place: str) -> Article | None:
        """Return the article of a row, the `number`-th of the file; None if the row is broken."""
        columns = self.options.columns
        try:
            text = as_string(row.get(columns.text), columns.text, place)
            title = as_string(row.get(columns.title), columns.title, place)
            identifier = _id(row.get(columns.id), columns.id, place) or f"{self.name}:{number}"
            kept = self._kept(row, place)
            return Article(identifier, check_length(with_title(title, text), place), kept, place, title)
        except Error as error:
            self.skip(error)
        return None

    def _kept(self, row: dict[str, Any], place: str) -> dict[str, Any]:
        """Return the cells to keep."""
        columns = self.options.columns
        try:
            return {column: plain(row.get(column)) for column in columns.keep + columns.optional}
        except ValueError as error:
            raise Error(f"{place}: {error}") from error

    def single(self, text: str) -> Iterator[Article]:
        """Yield the only article of the file."""
        if not text.strip():
            raise UsageError(f"{self.name} is empty: there is nothing to read")
        columns = self.options.columns
        first, _, rest = text.strip().partition("\n")
        headline = first.strip() if rest else ""  # a text without a line break has no headline
        yield Article(self.name, text, dict.fromkeys(columns.keep + columns.optional), self.name, headline)

    def encoding(self) -> str:
        """Return the encoding of the stream: what the user says, else what its first bytes say."""
        return self.options.encoding or detect_encoding(self.stream.peek(HEAD), self.name)

    def decoded(self) -> TextIO:
        """Return the stream as text; bytes that do not fit its encoding become surrogates."""
        encoding = self.encoding()
        if self.options.encoding is None and not is_marked(encoding):
            message = f"{self.name} is not UTF-8; read as {encoding}; if that is wrong, use --encoding"
            warnings.warn(message, Notice, stacklevel=2)
        is_wide = codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))  # whose decoders know no surrogates
        return io.TextIOWrapper(self.stream, encoding, "strict" if is_wide else "surrogateescape", newline="")

    def with_header(self, names: Sequence[str]) -> "Source":
        """Return the source with the columns as its table calls them; a `UsageError` if one is missing, or there twice.

        A `Notice` tells that a column is missing that is needed only if it is there, but was named.
        """
        columns = find_columns(self.options.columns, names)
        for column, role in [(columns.text, "text"), *zip(columns.keep, columns.keep, strict=True)]:
            if column not in names:
                raise UsageError(f"{self.name}: {missing_column(names, column, role)}")
        for column, usual in [(columns.title, USUAL.title), (columns.id, USUAL.id)]:
            if column not in {*names, usual}:
                warnings.warn(f"{self.name}: {missing_column(names, column, '')}", Notice, stacklevel=2)
        twice = {name for name, count in Counter(names).items() if count > 1}
        for column in {columns.text, columns.title, columns.id, *columns.keep, *columns.optional} & twice:
            raise UsageError(f"{self.name} has more than one column {column!r}: rename one")
        return self.with_columns(columns)

    def with_columns(self, columns: Columns) -> "Source":
        """Return the source with other columns."""
        return self._replace(options=replace(self.options, columns=columns))


def read_line(file: TextIO) -> str:
    """Return the next line, an empty string at the end; of a line over `MAX_LENGTH`, one character more than that."""
    line = file.readline(MAX_LENGTH + 1)
    if len(line) > MAX_LENGTH:
        rest = line
        while rest and not rest.endswith(("\n", "\r")):
            rest = file.readline(MAX_LENGTH)
    return line


def check_length(text: str, place: str) -> str:
    """Return a text; an `Error` if it is longer than any article."""
    if len(text) > MAX_LENGTH:
        raise Error(f"{place} has more than {MAX_LENGTH:,} characters, the limit for an article")
    return text


def missing_column(names: Sequence[str], column: str, role: str) -> str:
    """Return the message that a column is missing, with advice."""
    advice = {"text": "; name yours with --text-column", "topics": "; name a separate file of labels with --labels"}
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
    return f"no column {column!r} (there are: {shown or 'none'}){advice.get(role, '')}"


def _id(cell: Any, column: str, place: str) -> str:
    """Return a cell as an id, an empty string for a gap; an `Error` if it holds several."""
    if isinstance(cell, dict | list):
        raise Error(f"{place}: {column!r} holds {type(cell).__name__} {cell!r:.40}, not an id")
    return as_id(cell)


def as_id(cell: Any) -> str:
    """Return a cell as people write an id: pandas makes 17.0 of 17 beside a gap. An empty string for a gap."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    cell = plain(cell)
    return "" if cell is None else str(cell)


def plain(value: Any, depth: int = 0) -> Any:
    """Return a cell as every format can hold it: bytes as text, NaN as a gap, a lone surrogate as a question mark.

    Raises
    ------
    ValueError
        It holds lists or objects that are nested too deeply.
    """
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="replace").decode()
    if isinstance(value, float) and math.isnan(value):
        return None
    return _plain_parts(value, depth) if isinstance(value, dict | list | tuple) else value


def _plain_parts(value: dict[Any, Any] | list[Any] | tuple[Any, ...], depth: int) -> Any:
    if depth == _DEEPEST:
        raise ValueError(f"a cell is nested more than {_DEEPEST} deep")
    if isinstance(value, dict):
        return {plain(str(name)): plain(inner, depth + 1) for name, inner in value.items()}
    return [plain(inner, depth + 1) for inner in value]
