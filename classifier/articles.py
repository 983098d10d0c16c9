"""Files to articles: text files, CSV, TSV, JSON lines and Parquet, one article at a time."""

import codecs
import csv
import io
import json
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from classifier.errors import Error, UsageError
from classifier.text import with_title

STDIN = "-"
_HEAD = 1 << 18  # bytes looked at to tell the encoding of a file
_ENCODINGS = ["cp1251", "koi8_r", "cp866"]  # what Russian texts that are not Unicode are written in


class Notice(UserWarning):
    """Something was assumed that the user may want to know."""


class Columns(NamedTuple):
    """Names of the columns that hold an article, of further ones to keep, and of those to keep where there are any."""

    text: str = "text"
    title: str = "title"
    id: str = "id"
    source: str = "source"
    date: str = "date"
    keep: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


class Article(NamedTuple):
    """An article: `text` has the title, if any, as its first line; `row` holds kept columns; `place` is for errors."""

    id: str
    text: str
    row: dict[str, Any]
    place: str


def read(
    sources: Iterable[str | Path],
    columns: Columns = Columns(),  # noqa: B008  (a NamedTuple is a value)
    *,
    encoding: str | None = None,
    format: str | None = None,
) -> Iterator[Article]:
    """Articles of files, of folders of files and of standard input (``-``), read as they are asked for.

    Parameters
    ----------
    sources
        Paths. All are checked before the first is read.
    columns
        What the columns of tables are called.
    encoding
        Of text files; None: UTF-8 (UTF-16 by its mark), else the most likely Russian encoding, with a `Notice`.
    format
        ``txt``, ``csv``, ``tsv``, ``jsonl`` or ``parquet``; None: by the file's ending, for standard input by a look.

    Raises
    ------
    UsageError
        A path does not exist, its format is unknown, it is empty, or a column is missing.
    Error
        A file is broken; the message names the line.
    """
    found = [(path, _reader(path, format)) for source in sources for path in _expand(Path(source))]

    def articles() -> Iterator[Article]:
        for path, reader in found:
            try:
                with _open(path) as stream:
                    yield from reader(stream, "standard input" if path == Path(STDIN) else str(path), columns, encoding)
            except UnicodeDecodeError as error:
                raise Error(
                    f"{path} is not all {error.encoding}: {error.reason} at byte {error.start}; "
                    "name the right one with --encoding"
                ) from error
            except OSError as error:
                raise Error(f"cannot read {path}: {error.strerror or error}") from error

    return articles()


def batches(articles: Iterable[Article], size: int = 1000) -> Iterator[list[Article]]:
    """Lists of at most `size` articles."""
    articles = iter(articles)
    while batch := list(islice(articles, size)):
        yield batch


def _expand(path: Path) -> list[Path]:
    """The path itself, or the readable files of a folder and its folders, by name."""
    if path == Path(STDIN) or path.is_file():
        return [path]
    if not path.is_dir():
        if path.exists():  # a pipe, as in <(zcat news.jsonl.gz)
            return [path]
        raise UsageError(f"{path} does not exist")
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in _READERS and file.is_file())
    if not files:
        raise UsageError(f"folder {path} has no articles: none of its files ends in {' '.join(_READERS)}")
    return files


def _reader(path: Path, format: str | None) -> "_Reader":
    if format == "parquet" and not path.is_file():
        raise UsageError("Parquet cannot be read from standard input: name a file")
    if format is not None:
        return _READERS[f".{format}"]
    if path == Path(STDIN) or not path.is_file():
        return _sniffed
    try:
        return _READERS[path.suffix.lower()]
    except KeyError:
        raise UsageError(
            f"{path} has an unknown format: I read {' '.join(_READERS)}; say --from FORMAT if it is one of them"
        ) from None


def _open(path: Path) -> "io.BufferedReader[Any]":
    if path == Path(STDIN):
        return io.BufferedReader(sys.stdin.buffer, _HEAD)
    if path.is_file() and path.stat().st_size == 0:
        raise UsageError(f"{path} is empty: there is nothing to read")
    return io.BufferedReader(path.open("rb", buffering=0), _HEAD)


def _sniffed(stream: io.BufferedReader, name: str, columns: Columns, encoding: str | None) -> Iterator[Article]:
    """JSON lines if the stream starts with a brace, else one text."""
    reader = _json_lines if stream.peek(_HEAD).lstrip().startswith(b"{") else _text
    return reader(stream, name, columns, encoding)


def _text(stream: io.BufferedReader, name: str, columns: Columns, encoding: str | None) -> Iterator[Article]:
    with _decoded(stream, name, encoding) as file:
        text = file.read()
    if not text.strip():
        raise UsageError(f"{name} is empty: there is nothing to read")
    yield Article(name, text, dict.fromkeys(columns.keep + columns.optional), name)


def _csv(
    stream: io.BufferedReader, name: str, columns: Columns, encoding: str | None, delimiter: str | None = None
) -> Iterator[Article]:
    csv.field_size_limit(sys.maxsize)  # the stock limit, 128 KB, is shorter than some articles
    with _decoded(stream, name, encoding) as file:
        header = file.readline()
        if delimiter is None:
            delimiter = max(",;\t", key=header.count)  # spreadsheets set to Russian write semicolons
        names = next(csv.reader([header], delimiter=delimiter), [])
        _require(names, columns, name)
        table = csv.reader(file, delimiter=delimiter)
        try:
            for number, fields in enumerate(filter(None, table), 1):
                place = f"{name} line {table.line_num + 1}"
                if len(fields) != len(names):
                    raise Error(f"{place}: {len(fields)} fields where the header has {len(names)}; is a quote missing?")
                yield _article(dict(zip(names, fields, strict=True)), columns, f"{name}:{number}", place)
        except csv.Error as error:
            raise Error(f"{name} line {table.line_num + 1}: {error}") from error


def _tsv(stream: io.BufferedReader, name: str, columns: Columns, encoding: str | None) -> Iterator[Article]:
    return _csv(stream, name, columns, encoding, delimiter="\t")


def _json_lines(stream: io.BufferedReader, name: str, columns: Columns, encoding: str | None) -> Iterator[Article]:
    with _decoded(stream, name, encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.isspace():
                place = f"{name} line {number}"
                yield _article(_row(line, columns, place), columns, f"{name}:{number}", place)


def _row(line: str, columns: Columns, place: str) -> dict[str, Any]:
    """The object on a line of JSON."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise Error(f"{place}: not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1})") from error
    if not isinstance(row, dict):
        raise Error(f'{place}: not an object; every line should look like {{"id": "1", "text": "..."}}')
    if columns.text not in row:
        raise UsageError(f"{place}: {_lacks(row, columns.text, 'text')}")
    return row


def _parquet(stream: io.BufferedReader, name: str, columns: Columns, encoding: str | None) -> Iterator[Article]:
    import pyarrow as pa  # 0.1 s
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream)
    except pa.ArrowInvalid as error:
        raise Error(f"{name} is not a Parquet file or is damaged: {error}") from error
    names = file.schema_arrow.names
    _require(names, columns, name)
    wanted = {columns.text, columns.title, columns.id, *columns.keep, *columns.optional} & set(names)
    number = 0
    for batch in file.iter_batches(batch_size=500, columns=list(wanted)):
        for row in batch.to_pylist():
            number += 1
            yield _article(row, columns, f"{name}:{number}", f"{name} row {number}")


_Reader = Callable[[io.BufferedReader, str, Columns, str | None], Iterator[Article]]
_READERS: dict[str, _Reader] = {
    ".txt": _text,
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
FORMATS = [suffix.removeprefix(".") for suffix in _READERS]


def _article(row: dict[str, Any], columns: Columns, default_id: str, place: str) -> Article:
    text, title = (_string(row.get(column), column, place) for column in (columns.text, columns.title))
    identifier = row.get(columns.id)
    kept = {column: row.get(column) for column in columns.keep + columns.optional}
    return Article(default_id if identifier in (None, "") else str(identifier), with_title(title, text), kept, place)


def _string(value: Any, column: str, place: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Error(f"{place}: {column!r} holds {type(value).__name__} {value!r:.40}, not a text")
    return value


def _require(names: Collection[str], columns: Columns, where: str) -> None:
    for column, option in [(columns.text, "text"), *zip(columns.keep, columns.keep, strict=True)]:
        if column not in names:
            raise UsageError(f"{where}: {_lacks(names, column, option)}")


def _lacks(names: Collection[str], column: str, option: str) -> str:
    advice = {"text": "; name yours with --text-column", "topics": "; labels of their own file come with --labels"}
    return f"no column {column!r} (there are: {', '.join(names) or 'none'}){advice.get(option, '')}"


def _decoded(stream: io.BufferedReader, name: str, encoding: str | None) -> TextIO:
    """The stream as text, its encoding told by its first 256 KB."""
    return io.TextIOWrapper(stream, encoding or _encoding(stream.peek(_HEAD), name), newline="")


def _encoding(head: bytes, name: str) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        raise Error(f"{name} is not text: it holds zero bytes, as pictures and office documents do")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        guess = from_bytes(head, cp_isolation=_ENCODINGS).best()
        if guess is None:
            raise Error(f"{name} is not text in UTF-8 or a Russian encoding; name one with --encoding") from None
        warnings.warn(f"{name} is not UTF-8; read as {guess.encoding}, --encoding names another", Notice, stacklevel=2)
        return guess.encoding
    return "utf-8-sig"
