"""Files to articles: text files, HTML pages, CSV, TSV, JSON lines and Parquet, one article at a time."""

import codecs
import csv
import io
import json
import re
import sys
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from classifier.errors import Error, UsageError
from classifier.text import with_title

STDIN = "-"
BATCH = 1000  # articles that are tagged together
_HEAD = 1 << 18  # bytes looked at to tell the encoding of a file
_ENCODINGS = ["cp1251", "koi8_r", "cp866"]  # what Russian texts that are not Unicode are written in
_LONGEST = 10_000  # lines of one CSV record; a quote that is still open then was never meant to be one
_TAG = re.compile(r"</(?:p|div|span|a|td|body)>")


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


Broken = Callable[[Error], None]


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
    broken: Broken | None = None,
    name: Callable[[Path], str] = str,
) -> Iterator[Article]:
    """Articles of files, of folders of files and of standard input (``-``), read as they are asked for.

    Ids are taken as they are, and may repeat.

    Parameters
    ----------
    sources
        Paths. All are checked before the first is read.
    columns
        What the columns of tables are called.
    encoding
        Of text files; None: UTF-8 (UTF-16 by its mark), else the most likely Russian encoding, with a `Notice`.
    format
        ``txt``, ``html``, ``csv``, ``tsv``, ``jsonl`` or ``parquet``; None: by the file's ending, for standard input by
        a look.
    broken
        Called with what is wrong with a record, or with one of several files, which is then left out; None: it is
        raised.
    name
        What a file is called in messages and in the ids of articles that have none.

    Raises
    ------
    UsageError
        A path does not exist, its format is unknown, it is empty, or a column is missing.
    Error
        A file is broken; the message names the line.
    """
    found = [(path, _reader(path, format)) for source in sources for path in expand(Path(source))]

    def articles() -> Iterator[Article]:
        for path, reader in found:
            try:
                shown = "standard input" if path == Path(STDIN) else name(path)
                yield from _articles(path, shown, reader, columns, encoding, broken)
            except Error as error:
                if broken is None or len(found) == 1:
                    raise
                broken(error)

    return articles()


class _Source(NamedTuple):
    """A file that is being read, and what its reader has to know."""

    stream: "io.BufferedReader[Any]"
    name: str
    columns: Columns
    encoding: str | None
    broken: Broken | None

    def complain(self, error: Error) -> None:
        """Leave a record out, or stop."""
        if self.broken is None or isinstance(error, UsageError):
            raise error
        self.broken(error)

    def article(self, row: dict[str, Any], number: int, place: str) -> Iterator[Article]:
        """The article of a row, the file's `number`-th; none where the row is broken."""
        try:
            yield _article(row, self.columns, f"{self.name}:{number}", place)
        except Error as error:
            self.complain(error)

    def decoded(self) -> TextIO:
        """The stream as text, its encoding told by its first 256 KB; bytes that do not fit become surrogates."""
        encoding = self.encoding or _encoding(self.stream.peek(_HEAD), self.name)
        errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
        return io.TextIOWrapper(self.stream, encoding, errors, newline="")


def _articles(
    path: Path, name: str, reader: "_Reader", columns: Columns, encoding: str | None, broken: Broken | None
) -> Iterator[Article]:
    """Articles of one file; a word to the user where tags stand in their texts."""
    warned = False
    try:
        with _open(path, name) as stream:
            for article in reader(_Source(stream, name, columns, encoding, broken)):
                if not warned and _is_tagged(article.text):
                    warned = True
                    message = f"{article.place} is full of HTML tags, whose names count as words: take them out first"
                    warnings.warn(message, Notice, stacklevel=3)
                yield article
    except UnicodeDecodeError as error:
        raise Error(
            f"{name} is not all {error.encoding}: {error.reason}; name the right one with --encoding"
        ) from error
    except OSError as error:
        raise Error(f"cannot read {name}: {error.strerror or error}") from error


def _is_tagged(text: str) -> bool:
    """Whether the text is HTML: a tag ends at every fiftieth word, which is so in none of 95,000 articles of ours."""
    return "</" in text and 50 * len(_TAG.findall(text)) > len(text.split())


def _whole(text: str, place: str, encoding: str) -> str:
    """The text, if no byte of it was undecodable."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        byte = ord(text[error.start]) - 0xDC00
        raise Error(
            f"{place} is not all {encoding.removesuffix('-sig')}: byte 0x{byte:02x} at character {error.start + 1}; "
            "name the right one with --encoding"
        ) from error
    return text


def batches(articles: Iterable[Article], size: int = BATCH) -> Iterator[list[Article]]:
    """Lists of at most `size` articles."""
    articles = iter(articles)
    while batch := list(islice(articles, size)):
        yield batch


def expand(path: Path) -> list[Path]:
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


def _open(path: Path, name: str) -> "io.BufferedReader[Any]":
    if path == Path(STDIN):
        return io.BufferedReader(sys.stdin.buffer, _HEAD)
    if path.is_file() and path.stat().st_size == 0:
        raise UsageError(f"{name} is empty: there is nothing to read")
    return io.BufferedReader(path.open("rb", buffering=0), _HEAD)


def _sniffed(source: _Source) -> Iterator[Article]:
    """JSON lines if the stream starts with a brace, a page if with a tag, else one text."""
    start = source.stream.peek(_HEAD).lstrip()
    return (_json_lines if start.startswith(b"{") else _page if _is_page(start) else _text)(source)


def _text(source: _Source) -> Iterator[Article]:
    if _is_page(source.stream.peek(_HEAD).lstrip()):
        return _page(source)
    with source.decoded() as file:
        return _one(source, _whole(file.read(), source.name, file.encoding))


def _page(source: _Source) -> Iterator[Article]:
    """Headline and main text of a page that was saved from a news site."""
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        advice = "pip install trafilatura lxml-html-clean"
        raise UsageError(f"{source.name} is an HTML page; to read such: {advice}") from error
    content = source.stream.read()
    page: Any = bare_extraction(
        content if source.encoding is None else content.decode(source.encoding),
        include_comments=False,
        include_images=False,
        with_metadata=True,
    )
    if page is None or not page.text:
        raise Error(f"{source.name}: no main text found in this HTML page")
    title, text = page.title or "", page.text
    return _one(source, text if text.startswith(title) else with_title(title, text))


def _one(source: _Source, text: str) -> Iterator[Article]:
    """The one article of a file."""
    if not text.strip():
        raise UsageError(f"{source.name} is empty: there is nothing to read")
    yield Article(source.name, text, dict.fromkeys(source.columns.keep + source.columns.optional), source.name)


def _is_page(start: bytes) -> bool:
    return start[:256].lower().removeprefix(codecs.BOM_UTF8).startswith((b"<!doctype html", b"<html"))


class _Lines:
    """Lines that remember which of them a CSV record took, and take them back."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 1  # of the line that comes next

    def __iter__(self) -> Iterator[str]:
        return self

    def more(self) -> bool:
        """Whether there is another record, which begins here."""
        self.taken = []
        if not self._back:
            self._back.extend(islice(self._file, 1))
        return bool(self._back)

    def __next__(self) -> str:
        if len(self.taken) == _LONGEST:
            raise csv.Error("a quote is not closed")
        self.taken.append(self._back.popleft() if self._back else next(self._file))
        self.number += 1
        return self.taken[-1]

    def take_back(self) -> None:
        """Let all lines come again but the first."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def _csv(source: _Source, delimiter: str | None = None) -> Iterator[Article]:
    """Rows of CSV; a row whose quotes do not fit spoils no other."""
    csv.field_size_limit(sys.maxsize)  # the stock limit, 128 KB, is shorter than some articles
    with source.decoded() as file:
        lines = _Lines(file)
        header = next(lines, "")
        if delimiter is None:
            delimiter = max(",;\t", key=header.count)  # spreadsheets set to Russian write semicolons
        names = next(csv.reader([header], delimiter=delimiter), [])
        _require(names, source.columns, source.name)
        number = 0
        while lines.more():
            place = f"{source.name} line {lines.number}"
            try:
                fields = _record(lines, delimiter, len(names), place)
                _whole("".join(lines.taken), place, file.encoding)
            except Error as error:
                source.complain(error)
                continue
            if fields:
                number += 1
                yield from source.article(dict(zip(names, fields, strict=True)), number, place)


def _record(lines: _Lines, delimiter: str, width: int, place: str) -> list[str]:
    """Fields of the next record, none of an empty line.

    Raises
    ------
    Error
        Its quotes or the number of its fields are wrong; only its first line is taken then.
    """
    fields: list[str] | None
    try:
        fields = next(csv.reader(lines, delimiter=delimiter, strict=True))
        problem = f"{len(fields)} fields where the header has {width}; is a quote missing?"
    except csv.Error as error:
        problem = f"{error}; is a quote missing, or one too many?"
        # Quotes inside of quotes, as careless programs write them, do no harm within a line.
        fields = next(csv.reader(lines.taken, delimiter=delimiter)) if len(lines.taken) == 1 else None
    if fields is not None and len(fields) in (0, width):
        return fields
    lines.take_back()
    raise Error(f"{place}: {problem}")


def _tsv(source: _Source) -> Iterator[Article]:
    return _csv(source, delimiter="\t")


def _json_lines(source: _Source) -> Iterator[Article]:
    with source.decoded() as file:
        lacking: type[Error] = UsageError  # on the first line; a later one is just a broken record
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            place = f"{source.name} line {number}"
            try:
                row = _row(_whole(line, place, file.encoding), source.columns, place, lacking)
            except Error as error:
                source.complain(error)
            else:
                yield from source.article(row, number, place)
            lacking = Error


def _row(line: str, columns: Columns, place: str, lacking: type[Error]) -> dict[str, Any]:
    """The object on a line of JSON; without a text it is a `lacking` error."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise Error(f"{place}: not JSON ({error.msg.removesuffix(' at')} at character {error.pos + 1})") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets thousands deep
        raise Error(f"{place}: JSON beyond measure ({error})") from error
    if not isinstance(row, dict):
        raise Error(f'{place}: not an object; every line should look like {{"id": "1", "text": "..."}}')
    if columns.text not in row:
        raise lacking(f"{place}: {_lacks(row, columns.text, 'text')}")
    return row


def _parquet(source: _Source) -> Iterator[Article]:
    import pyarrow as pa  # 0.1 s
    import pyarrow.parquet as pq

    columns, name = source.columns, source.name
    number = 0
    try:
        file = pq.ParquetFile(source.stream)
        names = file.schema_arrow.names
        _require(names, columns, name)
        wanted = {columns.text, columns.title, columns.id, *columns.keep, *columns.optional} & set(names)
        for batch in file.iter_batches(batch_size=500, columns=list(wanted)):
            for row in batch.to_pylist():
                number += 1
                yield from source.article(row, number, f"{name} row {number}")
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Error(f"{name} is not a Parquet file or is damaged: {str(error).partition(chr(10))[0]}") from error


_Reader = Callable[[_Source], Iterator[Article]]
_READERS: dict[str, _Reader] = {
    ".txt": _text,
    ".html": _page,
    ".htm": _page,
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
FORMATS = [suffix.removeprefix(".") for suffix in _READERS if suffix != ".htm"]


def _article(row: dict[str, Any], columns: Columns, default_id: str, place: str) -> Article:
    text, title = (as_string(row.get(column), column, place) for column in (columns.text, columns.title))
    identifier = row.get(columns.id)
    if isinstance(identifier, (dict, list)):
        raise Error(f"{place}: {columns.id!r} holds {type(identifier).__name__} {identifier!r:.40}, not an id")
    kept = {column: _encodable(row.get(column)) for column in columns.keep + columns.optional}
    own_id = default_id if identifier in (None, "") else _encodable(str(identifier))
    return Article(own_id, with_title(title, text), kept, place)


def _encodable(value: Any) -> Any:
    """A string without lone surrogates, which JSON may hold and no file can; other values as they are."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def as_string(value: Any, column: str, place: str) -> str:
    """A cell as a string, a gap as an empty one; anything else is an `Error`."""
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


def _encoding(head: bytes, name: str) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    encoding = _unmarked_utf16(head) if b"\0" in head else None
    if encoding is None and _is_utf8(head):
        return "utf-8-sig"
    encoding = encoding or _guess(head, name)
    warnings.warn(f"{name} is not UTF-8; read as {encoding}, --encoding names another", Notice, stacklevel=2)
    return encoding


def _is_utf8(head: bytes) -> bool:
    """Whether bytes are UTF-8, but for a few: in Russian of another encoding hardly a letter fits."""
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(head)  # the last letter may be cut
    beyond_ascii = len(decoded) - len(decoded.encode("ascii", "ignore"))
    return decoded.count("\ufffd") <= beyond_ascii // 20


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without its mark: the bytes of one half are those of Cyrillic and Latin letters, 4 and 0."""
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if high.count(0) + high.count(4) > 0.9 * len(high):
            return encoding
    return None


def _guess(head: bytes, name: str) -> str:
    """The most likely encoding of what is not Unicode."""
    if b"\0" in head:
        raise Error(f"{name} is not text: it holds zero bytes, as pictures and office documents do")
    from charset_normalizer import from_bytes

    guess = from_bytes(head, cp_isolation=_ENCODINGS).best()
    if guess is None:
        raise Error(f"{name} is not text in UTF-8 or a Russian encoding; name one with --encoding")
    return guess.encoding
