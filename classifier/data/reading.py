"""Files, folders and standard input to articles, one at a time."""

import io
import os
import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from classifier.data.articles import STDIN, Article, Notice, OnError, ReadOptions
from classifier.data.readers import READERS, Reader
from classifier.data.readers.source import HEAD, Source, plain
from classifier.data.readers.stream import read_stream
from classifier.errors import Error, UsageError

_ADVICE = {  # for endings that are often met
    ".json": "of an array of JSON, write each object on a line of a .jsonl, as `jq -c '.[]' FILE` does",
    **dict.fromkeys([".gz", ".zip", ".bz2", ".xz", ".zst", ".7z", ".rar"], "it is compressed: unpack it first"),
    **dict.fromkeys([".xlsx", ".xls", ".ods"], "save the sheet as CSV"),
    **dict.fromkeys([".docx", ".doc", ".rtf", ".pdf", ".odt"], "save it as plain text"),
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
    expanded = [file for path in paths for file in expand(Path(path), strict=options.strict)]
    if expanded.count(Path(STDIN)) > 1:
        raise UsageError("standard input (-) is named twice, and can be read once")
    files = [(file, _reader(file, options.format)) for file in expanded]

    def articles() -> Iterator[Article]:
        for file, reader in files:
            try:
                shown = "standard input" if file == Path(STDIN) else str(plain(name(file)))
                yield from _read_file(file, shown, reader, options, on_error)
            except Error as error:
                if on_error is None or len(files) == 1:
                    raise
                on_error(error)

    return articles()


def expand(path: Path, *, strict: bool = False) -> list[Path]:
    """Return the path itself, or the readable files of a folder and its subfolders, sorted by name.

    A `Notice` tells what else is in a folder, or with `strict` a `UsageError`; hidden files and folders do not count.
    """
    try:
        if path.is_dir():
            return _files(path, strict=strict)
        if path != Path(STDIN) and not path.exists():
            raise UsageError(f"{path} does not exist")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return [path]  # perhaps a pipe, as in <(zcat news.jsonl.gz)


def _files(folder: Path, *, strict: bool) -> list[Path]:
    files, others = _walk(folder)
    if not files:
        raise UsageError(f"folder {folder} has no articles: none of its files ends in {' '.join(READERS)}")
    if others:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in others.most_common())
        readable = f"readable are {' '.join(READERS)}"
        if strict:
            raise UsageError(
                f"folder {folder} holds other files: {kinds}; {readable}; without --strict they are left out"
            )
        warnings.warn(f"left out in folder {folder}: {kinds}; {readable}", Notice, stacklevel=3)
    return files


def _walk(folder: Path) -> tuple[list[Path], Counter[str]]:
    """Return the readable files of a folder, sorted, and the number of other files of each kind."""
    files: list[Path] = []
    others = Counter[str]()

    def unreadable(error: OSError) -> None:
        others[f"unreadable folder {error.filename}"] += 1

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        others["link to a folder"] += sum((Path(parent) / name).is_symlink() for name in folders)
        for path in (Path(parent) / name for name in names if not name.startswith(".")):
            if path.suffix.lower() in READERS and path.is_file():
                files.append(path)
            else:
                others[path.suffix.lower() or "file without an ending"] += 1
    return sorted(files), +others


def _reader(path: Path, format: str | None) -> Reader:
    if format == "parquet" and not path.is_file():
        raise UsageError("Parquet cannot be read from standard input: name a file")
    if format is not None:
        return READERS[f".{format}"]
    if path == Path(STDIN) or not path.is_file():
        return read_stream
    try:
        return READERS[path.suffix.lower()]
    except KeyError:
        advice = _ADVICE.get(path.suffix.lower(), "if it is one of them, add --from FORMAT")
        raise UsageError(f"{path} has an unknown format: readable are {' '.join(READERS)}; {advice}") from None


def _read_file(
    path: Path, name: str, reader: Reader, options: ReadOptions, on_error: OnError | None
) -> Iterator[Article]:
    """Read the articles of one file; warn once if their texts contain HTML tags."""
    warned = False
    try:
        with _open(path, name) as stream:
            for article in reader(Source(stream, name, options, on_error)):
                if not warned and _has_tags(article.text):
                    warned = True
                    message = f"{article.place} is full of HTML tags, whose names count as words: remove them first"
                    warnings.warn(message, Notice, stacklevel=3)
                yield article
    except UnicodeError as error:
        known = f"{error.encoding}: {error.reason}" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Error(f"{name} is not valid {known}; if it has another encoding, name it with --encoding") from error
    except OSError as error:
        raise Error(f"cannot read {name}: {error.strerror or error}") from error


def _open(path: Path, name: str) -> "io.BufferedReader[Any]":
    if path == Path(STDIN):
        return io.BufferedReader(sys.stdin.buffer, HEAD)
    if path.is_file():
        stream = io.BufferedReader(path.open("rb", buffering=0), HEAD)
        if not stream.peek(1):
            stream.close()
            raise UsageError(f"{name} is empty: there is nothing to read")
        return stream
    # What tells the format must not depend on how much a slow pipe gives at once: a buffered file waits for all of it.
    return io.BufferedReader(path.open("rb"), HEAD)


def _has_tags(text: str) -> bool:
    """Whether a tag ends at every fiftieth word: that is HTML. In none of our 95,000 articles it is so."""
    return "</" in text and 50 * len(_TAG.findall(text)) > len(text.split())
