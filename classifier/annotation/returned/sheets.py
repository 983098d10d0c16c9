"""Sheets that readers filled in: Excel files and CSV."""

import csv
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from classifier.annotation.returned.label_studio import flat_row
from classifier.annotation.returned.row import Row, article_id, text_of
from classifier.annotation.writers.csv import unguarded
from classifier.data.articles import Notice
from classifier.data.encodings import detect_encoding, is_marked
from classifier.data.readers.csv import DELIMITERS
from classifier.data.readers.source import HEAD, as_id
from classifier.data.readers.workbook import open_sheet
from classifier.errors import Error, UsageError

_TOPICS = re.compile(r"topics|topic \d+")  # columns that hold topics
_UNREAD = {"", "no", "нет", "false", "ложь", "0", "-"}  # in the column "read"
_SHORTENED = re.compile(r"\d([.,]\d+)?[eEеЕ]\+\d+")  # what Excel makes of a long number


def read_xlsx(path: Path) -> Iterator[Row]:
    """Yield the articles of the first sheet that has a column ``text``."""
    with path.open("rb") as file, open_sheet(file, str(path), ["text"]) as sheet:
        names = [name.strip().casefold() for name in sheet.names]
        if not _is_sheet(names):
            raise _not_a_sheet(path, names)
        rows = ((number, [row.get(name) for name in sheet.names]) for number, row in sheet.rows)
        yield from _rows(names, rows, str(path))


def read_csv(path: Path) -> Iterator[Row]:
    """Yield the articles of a table: a sheet saved as CSV, or what Label Studio exports."""
    csv.field_size_limit(sys.maxsize)
    with path.open("rb") as binary:
        encoding = detect_encoding(binary.read(HEAD), str(path))
    if not is_marked(encoding):
        message = f"{path} is not UTF-8; read as {encoding}; if names of topics are wrong, save it as .xlsx"
        warnings.warn(message, Notice, stacklevel=2)
    try:
        with path.open(encoding=encoding, newline="") as file:
            delimiter = max(DELIMITERS, key=file.readline(10_000).count)
            file.seek(0)
            table = csv.reader(file, delimiter=delimiter, strict=True)
            names = [name.strip().casefold() for name in next(table, [])]
            if "annotation_id" in names:
                yield from (flat_row(row, place) for row, place in _records(names, enumerate(table, 2), str(path)))
            elif _is_sheet(names):
                rows = ([unguarded(cell) for cell in cells] for cells in table)
                yield from _rows(names, enumerate(rows, 2), str(path))
            else:
                raise _not_a_sheet(path, names)
    except (csv.Error, UnicodeError) as error:
        raise Error(f"{path} is not a readable CSV file ({error}): save it again, or as .xlsx") from error


def _is_sheet(names: Sequence[str]) -> bool:
    return "id" in names and any(map(_TOPICS.fullmatch, names))


def _check_names(names: Sequence[str], name: str) -> None:
    """Refuse a table with a column twice, one of which would be lost: a `UsageError`."""
    twice = [column for column, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise UsageError(f"{name} has more than one column {twice[0]!r}, in whatever case: rename one")


def _not_a_sheet(path: Path, names: Sequence[str]) -> UsageError:
    return UsageError(
        f"{path} is no sheet of articles that were read: it needs the columns id, and topics or topic 1, topic 2... "
        f"(there are: {', '.join(names[:20]) or 'none'})"
    )


_Numbered = Iterable[tuple[int, Sequence[Any]]]


def _records(names: Sequence[str], rows: _Numbered, name: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the rows that are not empty, by columns, and where each stands."""
    for number, cells in rows:
        place = f"{name} row {number}"
        if any(as_id(cell).strip() for cell in cells):
            if len(cells) != len(names):
                raise Error(f"{place}: {len(cells)} cells where the header has {len(names)}; save the file again")
            yield dict(zip(names, cells, strict=True)), place


def _rows(names: Sequence[str], rows: _Numbered, name: str) -> Iterator[Row]:
    _check_names(names, name)
    for row, place in _records(names, rows, name):
        article = article_id(row["id"], place)
        if _SHORTENED.fullmatch(article):
            raise Error(f"{place}: Excel has shortened the id to {article}: write the queue as .xlsx, which keeps ids")
        yield Row(article, _topics(row), text_of(row.get("reader")), text_of(row.get("chosen")), place)


def _topics(row: Mapping[str, Any]) -> list[str] | None:
    """Return the topics of a row, none if it is only marked as read, or names its reader; None if it is not read."""
    cells = [as_id(cell).strip() for name, cell in row.items() if _TOPICS.fullmatch(name)]
    topics = [cell for cell in cells if cell]
    is_read = as_id(row.get("read", row.get("reader", ""))).strip().casefold() not in _UNREAD
    return topics if topics or is_read else None
