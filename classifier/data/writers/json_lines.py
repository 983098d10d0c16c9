"""JSON lines: an object for each article."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from classifier.data.answers import OutputOptions, TaggedBatch, Write


@contextmanager
def write_json_lines(file: IO[str], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches."""

    def write(batch: TaggedBatch) -> None:
        columns = batch.columns(options)
        for values in zip(*columns.values(), strict=True):
            row = dict(zip(columns, values, strict=True))
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")

    yield write
