"""CSV: a row for each article; lists are joined by semicolons."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from classifier.data.answers import OutputOptions, TaggedBatch, Write

_LISTS = ("topics", "probabilities", "origins", "names")


WriteColumns = Callable[[dict[str, list[Any]]], None]


@contextmanager
def write_csv(file: IO[str], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches; the header comes with the first one."""
    write_columns = csv_columns(file)

    def write(batch: TaggedBatch) -> None:
        columns = batch.columns(options)
        for name in columns.keys() & _LISTS:
            columns[name] = [";".join(map(_cell, values)) for values in columns[name]]
        write_columns(columns)

    yield write


def csv_columns(file: IO[str]) -> WriteColumns:
    """Return a function that writes rows, given as columns of one length; the header comes with the first ones."""
    table = csv.writer(file, lineterminator="\n")
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    is_first = True

    def write(columns: dict[str, list[Any]]) -> None:
        nonlocal is_first
        if is_first:
            (quoted if _has_return(columns) else table).writerow(columns)
            is_first = False
        rows = list(zip(*columns.values(), strict=True))
        if not any(map(_has_return, columns.values())):
            table.writerows(rows)
            return
        for row in rows:
            (quoted if _has_return(row) else table).writerow(row)

    return write


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _has_return(cells: Iterable[Any]) -> bool:
    """Whether a cell has a carriage return, which readers take for the end of a row and Python 3.11 does not quote."""
    return any("\r" in cell for cell in cells if isinstance(cell, str))
