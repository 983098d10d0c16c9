"""Parts of an output to the whole."""

import csv
import shutil
from pathlib import Path
from typing import IO


def join_parts(parts: list[Path], file: IO[bytes], format: str, group: int) -> None:
    """Join the parts of an output in order.

    Parameters
    ----------
    parts
        Files in that format.
    file
        Takes the whole.
    format
        One of `OUTPUT_FORMATS`.
    group
        Rows of a row group of Parquet: they are not to depend on where a run was interrupted.
    """
    if format == "parquet":
        _join_parquet(parts, file, group)
    else:
        _join_lines(parts, file, header=format == "csv")


def _join_lines(parts: list[Path], file: IO[bytes], *, header: bool = False) -> None:
    """Concatenate text files; with `header`, without the header of all but the first."""
    size = _header_size(parts[0]) if header else 0
    for number, part in enumerate(parts):
        with part.open("rb") as source:
            source.seek(size if number else 0)
            shutil.copyfileobj(source, file)


def _header_size(part: Path) -> int:
    """Return the number of bytes in the header of a CSV file, which may have several lines."""
    lines: list[str] = []
    with part.open(encoding="utf-8", newline="") as file:
        next(csv.reader(lines.append(line) or line for line in file), None)  # type: ignore[func-returns-value]
    return len("".join(lines).encode())


def _join_parquet(parts: list[Path], file: IO[bytes], group: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, pq.read_schema(parts[0])) as target:
        table = pq.read_table(parts[0])
        for part in parts[1:]:
            table = pa.concat_tables([table, pq.read_table(part)])
            while table.num_rows > group:
                target.write_table(table.slice(0, group))
                table = table.slice(group)
        target.write_table(table)
