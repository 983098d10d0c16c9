"""Corrections by readers: labels as ``news-topics extend`` takes them, and the articles beside them.

The labels stand in a table of ``id`` and ``topics``, the articles in JSON lines beside it: of ``labels.csv``,
``labels.articles.jsonl``. Then ``news-topics extend --labels labels.csv --archive labels.articles.jsonl -o my-model``
learns from them. A table that exists goes on; it may have more columns, which stay empty. An article that is corrected
again has its last labels.
"""

import csv
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from classifier.data.articles import Article
from classifier.errors import UsageError, one_line
from classifier.service.problems import Problem
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import check_writable, is_stream
from classifier.topics import check_id, id_of_name, parse_topics

_LOG = logging.getLogger(__name__)
_COLUMNS = ["id", "topics"]
csv.field_size_limit(1 << 30)  # an id of a table may be longer than the 131,072 characters that Python expects
_PATIENCE = 5.0  # seconds for other processes to write their corrections
_HASH = 16  # digits of the hash that is the id of an article without one


class Feedback:
    """A table of labels, to which corrections are added, by several processes at once.

    Parameters
    ----------
    path
        The table, a ``.csv``; it may exist.

    Raises
    ------
    UsageError
        It cannot be written, or is no table of labels.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        if path.suffix.lower() != ".csv":
            raise UsageError(f"--feedback {path} is not a .csv file: name one, such as labels.csv")
        self._labels, self._articles = path, articles_beside(path)
        check_writable(path)
        _read(path)
        # What cannot be opened would lose corrections later.
        for file in (self._labels, self._articles, _lock_of(path)):
            _open(file).close()

    def add(self, article: Article, given: str | None, topics: Sequence[str]) -> list[str] | None:
        """Add what a reader says about an article; returns its topics of before, None if it was not corrected yet.

        Parameters
        ----------
        article
            The article.
        given
            Its id, if it has one; else the hash of its text serves.
        topics
            Ids of all its topics, which `check_topics` has passed.

        Raises
        ------
        Error
            The table or its folder is gone, or the disk is full.
        Problem
            The table has been edited so that nothing can be added, or another program holds it.
        """
        identifier = given or hashlib.sha256(article.text.encode()).hexdigest()[:_HASH]
        row = {"id": identifier, "topics": ";".join(dict.fromkeys(topics))}
        text = article.text.removeprefix(article.headline).removeprefix("\n") if article.headline else article.text
        line = json.dumps({"id": identifier, "title": article.headline, "text": text}, ensure_ascii=False)
        with self._lock, _locked(self._labels):
            table = self._read()  # anew each time: somebody may have edited it
            former = next((other["topics"] for other in table.rows if other["id"] == identifier), None)
            if former is not None:
                self._replace(table, row, line)
                _LOG.warning(one_line(f"{identifier:.50} had the topics {former or '-'}, now {row['topics'] or '-'}"))
            else:  # the article first: a label without its article would be lost
                _append(self._articles, f"{line}\n")
                _append(self._labels, ("" if table.is_there else _row(table.columns)) + table.line(row))
        return None if former is None else list(filter(None, former.split(";")))

    def _read(self) -> "_Table":
        """Return the table as it is now: a `Problem` if corrections cannot go there."""
        try:
            return _read(self._labels)
        except UsageError as error:
            raise Problem(
                503, "the table of corrections has been edited, and takes none: tell who runs this"
            ) from error

    def _replace(self, table: "_Table", row: dict[str, str], line: str) -> None:
        """Write both files anew, with another row and line of an id that they have."""
        with self._articles.open("rb") as articles:
            others = [other for other in articles if _id_of(other) != row["id"]]
        with atomic_write(self._articles, binary=True) as target:
            target.writelines([*others, f"{line}\n".encode(errors="replace")])
        rows = [other | row if other["id"] == row["id"] else other for other in table.rows]
        with atomic_write(self._labels) as target:
            target.write(_row(table.columns))
            target.writelines(map(table.line, rows))


class _Table(NamedTuple):
    """Labels that are there."""

    columns: list[str]
    rows: list[dict[str, str]]
    is_there: bool

    def line(self, row: dict[str, str]) -> str:
        """Return a row as a line of the file."""
        return _row([row.get(column, "") for column in self.columns])


def articles_beside(labels: Path) -> Path:
    """Return the file of the articles that a table labels."""
    return labels.with_suffix(".articles.jsonl")


def check_topics(topics: Sequence[str], known: Sequence[str]) -> None:
    """Refuse what cannot be the id of a topic, or is a name of one that the model knows: a `UsageError`."""
    for topic in topics:
        check_id(topic)
        parse_topics([topic], ["topics"])  # which refuses commas that look like several topics
        if (id := id_of_name(topic, known)) is not None:
            raise UsageError(f"topic {topic!r} is the name of {id!r}: write the id")


def _read(path: Path) -> _Table:
    """Return a table, or a new one if the file is not there or is empty."""
    if is_stream(path):
        raise UsageError(f"--feedback {path} is a device or a pipe: name a file")
    if not path.exists() or not path.stat().st_size:
        return _Table(_COLUMNS, [], is_there=False)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=",", restval="")
            table = _Table(list(reader.fieldnames or []), list(reader), is_there=True)
    except (UnicodeError, csv.Error) as error:
        raise UsageError(f"--feedback {path} is not a table in UTF-8 ({error}): name a new file") from error
    _check_table(path, table)
    return table


def _check_table(path: Path, table: _Table) -> None:
    if not set(_COLUMNS) <= set(table.columns) or len(set(table.columns)) < len(table.columns):
        raise UsageError(f"--feedback {path} has no columns id and topics, separated by commas: name a new file")
    for number, row in enumerate(table.rows, 2):
        if None in row:
            raise UsageError(f"--feedback {path} row {number} has more cells than there are columns: mend it")


def _row(cells: Sequence[Any]) -> str:
    """Return a row of CSV; all cells in quotes, for readers take a bare carriage return for the end of a row."""
    return ",".join('"{}"'.format(str(cell).replace('"', '""')) for cell in cells) + "\n"


def _id_of(line: bytes) -> str | None:
    with suppress(ValueError, AttributeError):
        return str(json.loads(line).get("id"))
    return None


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("ab+")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _append(path: Path, lines: str) -> None:
    """Add lines; a file that does not end with a line break, as people leave them, gets one."""
    with path.open("ab+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            lines = lines if file.read(1) == b"\n" else f"\n{lines}"
        rest = lines.encode(errors="replace")
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:  # half a line would spoil the next one
            file.truncate(end)
            raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file beside the table, so that processes take turns: a `Problem` if another one does not let go of it."""
    with _open(_lock_of(path)) as file:
        end = time.monotonic() + _PATIENCE
        while not _take(file):
            if time.monotonic() > end:
                raise Problem.busy(503, "another program holds the table of corrections: try again in some seconds", 5)
            time.sleep(0.01)
        yield


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _take(file: IO[bytes]) -> bool:
    with suppress(ImportError):  # Windows
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
