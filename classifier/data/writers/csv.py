"""CSV: a row for each article; lists are joined by semicolons."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from classifier.data.answers import OutputOptions, TaggedBatch, Write

_LISTS = ("topics", "probabilities", "names")


@contextmanager
def write_csv(file: IO[str], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches; the header comes with the first one."""
    table = csv.writer(file, lineterminator="\n")
    is_first = True

    def write(batch: TaggedBatch) -> None:
        nonlocal is_first
        columns = batch.columns(options)
        if is_first:
            table.writerow(columns)
            is_first = False
        for name in columns.keys() & _LISTS:
            columns[name] = [";".join(map(str, values)) for values in columns[name]]
        table.writerows(zip(*columns.values(), strict=True))

    yield write
