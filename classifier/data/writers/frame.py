"""DataFrames as files, or on standard output: tables that are no answers, such as counts and clusters."""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from classifier.data.writers.csv import csv_columns
from classifier.data.writers.json_lines import write_rows
from classifier.data.writers.workbook import open_sheet_writer
from classifier.errors import Error, UsageError, one_line
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import is_stream
from classifier.text.display import VisibleText

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

FRAME_FORMATS = ["table", "csv", "jsonl", "parquet", "xlsx"]
_BINARY = {"parquet": "Parquet", "xlsx": "a workbook"}
_ROWS = 10_000  # that are turned into Python's values at once


def write_frame(
    frame: "pd.DataFrame", path: Path | None, format: str | None = None, *, shares: Collection[str] = ()
) -> None:
    """Write the columns of a DataFrame, without its index.

    In CSV a gap is an empty cell, elsewhere it is null; JSON and Excel get numbers and truth values as such.

    Parameters
    ----------
    frame
        Its cells are strings, numbers, truth values, times or gaps.
    path
        The file, which appears when it is complete; None: standard output.
    format
        One of `FRAME_FORMATS`; None: as `frame_format` says.
    shares
        Columns that Excel shows in percent.

    Raises
    ------
    UsageError
        As from `frame_format`, or the file cannot be created there.
    Error
        Writing failed, or the frame does not fit into the format.
    """
    format = frame_format(path, format)
    if path is None:
        is_for_programs = format != "table" and sys.stdout.isatty()
        stdout: Any = VisibleText(sys.stdout) if is_for_programs else sys.stdout
        _write(frame, stdout, format, shares)
        sys.stdout.flush()
        return
    with atomic_write(path, binary=format in _BINARY) as file:
        _write(frame, file, format, shares)


def frame_format(path: Path | None, format: str | None = None) -> str:
    """Return the format, if given, else what the ending of `path` says, or what suits standard output.

    A command asks before it does any work.

    Raises
    ------
    UsageError
        The ending says nothing, or Parquet or a workbook is to go to standard output or a device.
    """
    if format is None and path is None:
        return "table" if sys.stdout.isatty() else "jsonl"
    if format is None:
        format = Path(str(path)).suffix.lower().removeprefix(".")
        if format not in FRAME_FORMATS[1:]:
            raise UsageError(
                f"cannot tell the format of {path} from its ending: name it .csv, .jsonl, .parquet or .xlsx"
            )
    if format in _BINARY and (path is None or is_stream(path)):
        place = "standard output" if path is None else f"the device or pipe {path}"
        raise UsageError(f"{_BINARY[format]} cannot go to {place}: name a file with --output FILE.{format}")
    return format


def _write(frame: "pd.DataFrame", file: IO[Any], format: str, shares: Collection[str]) -> None:
    if format == "parquet":
        _write_parquet(frame, file)
    elif format == "xlsx":
        with open_sheet_writer(file, "table", shares) as sheet:
            for columns in _pieces(frame):
                sheet.write(columns)
    elif format == "table":
        _print_table(frame, file)
    else:
        write = csv_columns(file) if format == "csv" else lambda columns: write_rows(file, columns)
        for columns in _pieces(frame):
            write(columns)


def _pieces(frame: "pd.DataFrame") -> Iterator[dict[str, list[Any]]]:
    """Yield the columns of some rows at a time, as Python's values with None for a gap; without rows, once."""
    for start in range(0, max(len(frame), 1), _ROWS):
        rows = frame.iloc[start : start + _ROWS]
        yield {str(name): cells.astype(object).where(cells.notna(), None).tolist() for name, cells in rows.items()}


def _write_parquet(frame: "pd.DataFrame", file: IO[bytes]) -> None:
    import pyarrow as pa

    try:
        frame.to_parquet(file, index=False)
    except (pa.ArrowException, ValueError, TypeError) as error:
        problem = str(error).partition("\n")[0]
        raise Error(f"the table does not fit into Parquet ({problem}): write .csv or .jsonl") from error


def _print_table(frame: "pd.DataFrame", file: IO[str]) -> None:
    from rich.console import Console

    console = Console(file=file, width=None if file.isatty() else 200, highlight=False)
    with console.capture() as printed:  # rich ends the program when a pipe is closed
        console.print(table_of(frame))
    file.write(printed.get())


def table_of(frame: "pd.DataFrame") -> "Table":
    """Return the columns of a DataFrame as a table for people, without its index; fractions have three decimals."""
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False)
    for name, dtype in frame.dtypes.items():
        is_number = dtype.kind in "if"
        shown.add_column(Text(str(name)), justify="right" if is_number else "left", no_wrap=is_number)
    for row in frame.itertuples(index=False):
        shown.add_row(*(Text(_shown(value)) for value in row))
    return shown


def _shown(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else one_line(str(value))
