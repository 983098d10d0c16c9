"""Corrections by readers: labels as ``news-topics extend`` takes them, and the articles beside them.

The labels stand in a table of ``id`` and ``topics``, the articles in JSON lines beside it: of ``labels.csv``,
``labels.articles.jsonl``. Then ``news-topics extend --labels labels.csv --archive labels.articles.jsonl -o my-model``
learns from them. A table that exists goes on; it may have more columns, which stay empty. An article that is corrected
again has its last labels.
"""

import csv
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from classifier.data.articles import Article
from classifier.errors import UsageError
from classifier.service.problems import Problem
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import check_writable, is_stream
from classifier.topics import check_id, id_of_name, parse_topics

_COLUMNS = ["id", "topics"]
csv.field_size_limit(1 << 30)  # an id of a table may be longer than the 131,072 characters that Python expects
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
        self._labels, self._articles = path, path.with_suffix(".articles.jsonl")
        self._lock = threading.Lock()
        if path.suffix.lower() != ".csv" or is_stream(path):
            raise UsageError(f"--feedback {path} is not a .csv file: name one, such as labels.csv")
        check_writable(path)
        self._columns = _columns(path)
        with _locked(path):  # where this cannot be done, corrections would be lost later
            for file in (self._labels, self._articles):
                _open(file).close()

    def add(self, article: Article, given: str | None, topics: Sequence[str], known: Sequence[str]) -> None:
        """Add what a reader says about an article.

        Parameters
        ----------
        article
            The article.
        given
            Its id, if it has one; else the hash of its text serves.
        topics
            Ids of all its topics, of the model or new ones.
        known
            Those of the model.

        Raises
        ------
        UsageError
            One of them cannot be an id.
        Error
            The disk is full.
        """
        for topic in topics:
            check_id(topic)
            parse_topics([topic], ["topics"])  # which refuses commas that look like several topics
            if (id := id_of_name(topic, known)) is not None:
                raise UsageError(f"topic {topic!r} is the name of {id!r}: write the id")
        identifier = given or hashlib.sha256(article.text.encode()).hexdigest()[:_HASH]
        row = {"id": identifier, "topics": ";".join(dict.fromkeys(topics))}
        text = article.text.removeprefix(article.headline).removeprefix("\n") if article.headline else article.text
        line = json.dumps({"id": identifier, "title": article.headline, "text": text}, ensure_ascii=False)
        with self._lock, _locked(self._labels):
            self._columns = self._read_columns()  # somebody may have edited the table
            if identifier in self._ids():
                self._replace(row, line)
            else:  # the article first: a label without its article would be lost
                _append(self._articles, f"{line}\n")
                _append(self._labels, ("" if self._labels.stat().st_size else _row(self._columns)) + self._row(row))

    def _read_columns(self) -> list[str]:
        """Return the columns that the table has now: a `Problem` if corrections cannot go there."""
        try:
            return _columns(self._labels)
        except UsageError as error:
            raise Problem(
                503, "the table of corrections has been edited, and takes none: tell who runs this"
            ) from error

    def _row(self, row: dict[str, str]) -> str:
        return _row([row.get(column, "") for column in self._columns])

    def _ids(self) -> set[str]:
        with self._labels.open(encoding="utf-8-sig", newline="") as file:
            return {row["id"] for row in csv.DictReader(file, delimiter=",")}

    def _replace(self, row: dict[str, str], line: str) -> None:
        """Write both files anew, with another row and line of an id that they have."""
        with self._articles.open(encoding="utf-8") as file:
            others = [other for other in file if _id_of(other) != row["id"]]
        with atomic_write(self._articles) as target:
            target.writelines([*others, f"{line}\n"])
        with self._labels.open(encoding="utf-8-sig", newline="") as file:
            rows = [other | row if other["id"] == row["id"] else other for other in csv.DictReader(file)]
        with atomic_write(self._labels) as target:
            target.write(_row(self._columns))
            target.writelines(map(self._row, rows))


def _columns(path: Path) -> list[str]:
    """Return the columns of a table, or those of a new one."""
    if not path.exists() or not path.stat().st_size:
        return _COLUMNS
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns, *_ = [*csv.reader(file), []]  # all rows, for a table must be one to its end
    except (UnicodeError, csv.Error) as error:
        raise UsageError(f"--feedback {path} is not a table in UTF-8 ({error}): name a new file") from error
    if not set(_COLUMNS) <= set(columns) or len(set(columns)) < len(columns):
        raise UsageError(f"--feedback {path} has no columns id and topics, separated by commas: name a new file")
    return columns


def _row(cells: Sequence[Any]) -> str:
    """Return a row of CSV; all cells in quotes, for readers take a bare carriage return for the end of a row."""
    return ",".join('"{}"'.format(str(cell).replace('"', '""')) for cell in cells) + "\n"


def _id_of(line: str) -> str | None:
    with suppress(ValueError, AttributeError):
        return str(json.loads(line).get("id"))
    return None


def _open(path: Path) -> Any:
    try:
        return path.open("ab+")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _append(path: Path, lines: str) -> None:
    """Add lines; a file that does not end with a line break, as people leave them, gets one."""
    with path.open("ab+") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            lines = lines if file.read(1) == b"\n" else f"\n{lines}"
        file.write(lines.encode(errors="replace"))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file beside the table, so that processes take turns."""
    with _open(path.with_name(f".{path.name}.lock")) as file:
        with suppress(ImportError):  # Windows
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
