"""Files, folders and standard input to articles, one at a time."""

import io
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from classifier.data.articles import STDIN, Article, Notice, OnError, ReadOptions
from classifier.data.folders import READABLE, expand, is_readable, tell_others
from classifier.data.readers import READERS, SEEKING
from classifier.data.readers.source import HEAD, Source, plain
from classifier.data.readers.stream import read_stream
from classifier.data.unpacking import ARCHIVE, Budget, Member, ending, for_reader, open_archive, packing_of, unpack
from classifier.errors import Error, UsageError

_ADVICE = {  # for endings that are often met
    **dict.fromkeys([".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz"], "it is packed: unpack it first"),
    **dict.fromkeys([".xls", ".xlsb", ".ods"], "save it as .xlsx or .csv"),
    **dict.fromkeys([".doc", ".rtf", ".odt"], "save it as .docx or as plain text"),
    ".pdf": "save it as plain text",
}
_TAG = re.compile(r"</(?:p|div|span|a|td|body)>")


def read(
    paths: Iterable[str | Path],
    options: ReadOptions = ReadOptions(),  # noqa: B008  (it is immutable)
    *,
    on_error: OnError | None = None,
    name: Callable[[Path], str] = str,
) -> Iterator[Article]:
    """Read the articles of files, of folders of files, and of standard input (``-``), as they are asked for.

    Ids are taken as they are, and may repeat.

    Parameters
    ----------
    paths
        All are checked before the first is read.
    options
        How they are read.
    on_error
        Called with the error of a record, or of one of several files, which is then left out. If it is None, or
        `options.strict` is set, the error is raised.
    name
        What a file is called in messages, and in the ids of articles that have none.

    Raises
    ------
    UsageError
        A path does not exist, its format is unknown, it is empty, or a column is missing.
    Error
        A file is broken; the message names the line.
    """
    on_error = None if options.strict else on_error
    files = [file for path in paths for file in expand(Path(path), strict=options.strict)]
    if files.count(Path(STDIN)) > 1:
        raise UsageError("standard input (-) is named twice, and can be read once")
    for file in files:
        _check_format(file, options.format)

    def articles() -> Iterator[Article]:
        for file in files:
            shown = "standard input" if file == Path(STDIN) else str(plain(name(file)))
            with _leaving_out(on_error if len(files) > 1 else None):
                if _is_file(file) and file.suffix.lower() == ARCHIVE:
                    yield from _read_archive(file, shown, options, on_error)
                else:
                    format = ending(file).format if _is_file(file) else ""
                    yield from _read_file(Member(shown, format, partial(open_file, file, shown)), options, on_error)

    return articles()


def open_file(path: Path, name: str, format: str) -> "io.BufferedReader[Any]":
    """Open a file, unpacked if its ending, or the start of a stream, says that it is packed.

    Parameters
    ----------
    path
        The file; ``-`` stands for standard input.
    name
        What it is called in messages.
    format
        One of `READERS`. Those that are read from several places are unpacked into a temporary file.

    Raises
    ------
    UsageError
        It is empty or packed twice.
    """
    is_file = _is_file(path)
    raw: Any = sys.stdin.buffer if path == Path(STDIN) else path.open("rb", buffering=0 if is_file else -1)
    # What tells the format must not depend on how much a slow pipe gives at once: a buffered file waits for all of it.
    stream: io.BufferedReader[Any] = io.BufferedReader(raw, HEAD)
    is_empty = is_file and not stream.peek(1)
    packing = ending(path).packing if is_file else packing_of(stream.peek(4))
    if packing and not is_empty:
        stream = unpack(stream, packing, name, Budget(name, path.stat().st_size if is_file else None))
        is_empty = not stream.peek(1)
    if is_empty and is_file:
        stream.close()
        raise UsageError(f"{name} is empty: there is nothing to read")
    return for_reader(stream, name, format)


def _is_file(path: Path) -> bool:
    return path != Path(STDIN) and path.is_file()


def _check_format(path: Path, format: str | None) -> None:
    """Refuse a file that cannot be read, from its name: a `UsageError`."""
    if not _is_file(path) and f".{format}" in SEEKING:
        raise UsageError(f"{str(format).capitalize()} cannot be read from standard input: name a file")
    if _is_file(path) and format is None and not is_readable(path):
        advice = _ADVICE.get(path.suffix.lower(), "if it is one of them, add --from FORMAT")
        raise UsageError(f"{path} has an unknown format: readable are {READABLE}; {advice}")


@contextmanager
def _leaving_out(on_error: OnError | None) -> Iterator[None]:
    """Hand an error to `on_error`, unless that is None."""
    try:
        yield
    except Error as error:
        if on_error is None:
            raise
        on_error(error)


def _read_archive(path: Path, name: str, options: ReadOptions, on_error: OnError | None) -> Iterator[Article]:
    """Read the articles of the files in an archive, as of those in a folder."""
    with open_archive(path, name) as members:
        readable = [member for member in members if member.format in READERS]
        others = Counter(member.format or "file without an ending" for member in members if member not in readable)
        tell_others(f"archive {name}", len(readable), others, strict=options.strict)
        for member in readable:
            with _leaving_out(on_error if len(readable) > 1 else None):
                yield from _read_file(member, options, on_error)


def _read_file(file: Member, options: ReadOptions, on_error: OnError | None) -> Iterator[Article]:
    """Read the articles of one file; warn once if their texts contain HTML tags."""
    warned, format = False, f".{options.format}" if options.format else file.format
    try:
        with file.open(format) as stream:
            for article in READERS.get(format, read_stream)(Source(stream, file.name, options, on_error)):
                if not warned and _has_tags(article.text):
                    warned = True
                    message = f"{article.place} is full of HTML tags, whose names count as words: remove them first"
                    warnings.warn(message, Notice, stacklevel=3)
                yield article
    except UnicodeError as error:
        known = f"{error.encoding}: {error.reason}" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Error(f"{file.name} is not valid {known}; if it has another encoding, name it with --encoding") from error
    except OSError as error:
        raise Error(f"cannot read {file.name}: {error.strerror or error}") from error


def _has_tags(text: str) -> bool:
    """Whether a tag ends at every fiftieth word: that is HTML. In none of our 95,000 articles it is so."""
    # Most texts have no slash, and one character is found faster than two.
    return "/" in text and "</" in text and 50 * len(_TAG.findall(text)) > len(text.split())
