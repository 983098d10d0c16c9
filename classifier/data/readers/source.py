"""A file that is being read, and what all readers need."""

import io
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple, TextIO

from classifier.data.articles import Article, Columns, OnError, ReadOptions, as_string, with_title
from classifier.data.encodings import detect_encoding
from classifier.errors import Error, UsageError

HEAD = 1 << 18  # bytes from which the encoding of a file is told


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

    def article(self, row: dict[str, Any], number: int, place: str) -> Iterator[Article]:
        """Yield the article of a row, the `number`-th of the file; nothing if the row is broken."""
        try:
            yield _article(row, self.options.columns, f"{self.name}:{number}", place)
        except Error as error:
            self.skip(error)

    def single(self, text: str) -> Iterator[Article]:
        """Yield the only article of the file."""
        if not text.strip():
            raise UsageError(f"{self.name} is empty: there is nothing to read")
        columns = self.options.columns
        yield Article(self.name, text, dict.fromkeys(columns.keep + columns.optional), self.name)

    def decoded(self) -> TextIO:
        """Return the stream as text; bytes that do not fit its encoding become surrogates."""
        encoding = self.options.encoding or detect_encoding(self.stream.peek(HEAD), self.name)
        errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
        return io.TextIOWrapper(self.stream, encoding, errors, newline="")

    def require(self, names: Collection[str]) -> None:
        """Refuse a table that lacks a column: a `UsageError`."""
        columns = self.options.columns
        for column, option in [(columns.text, "text"), *zip(columns.keep, columns.keep, strict=True)]:
            if column not in names:
                raise UsageError(f"{self.name}: {missing_column(names, column, option)}")


def missing_column(names: Collection[str], column: str, option: str) -> str:
    """Return the message that a column is missing, with advice."""
    advice = {"text": "; name yours with --text-column", "topics": "; name a separate file of labels with --labels"}
    return f"no column {column!r} (there are: {', '.join(names) or 'none'}){advice.get(option, '')}"


def _article(row: dict[str, Any], columns: Columns, default_id: str, place: str) -> Article:
    text, title = (as_string(row.get(column), column, place) for column in (columns.text, columns.title))
    identifier = row.get(columns.id)
    if isinstance(identifier, dict | list):
        raise Error(f"{place}: {columns.id!r} holds {type(identifier).__name__} {identifier!r:.40}, not an id")
    kept = {column: _encodable(row.get(column)) for column in columns.keep + columns.optional}
    own_id = default_id if identifier in (None, "") else _encodable(str(identifier))
    return Article(own_id, with_title(title, text), kept, place)


def _encodable(value: Any) -> Any:
    """Replace lone surrogates in a string: JSON may contain them, a file cannot."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
