"""Files that the writers have written, told by their first line."""

import csv
import json
from pathlib import Path

_COLUMNS = {"id", "topics", "probabilities", "note"}  # that every answer has
_LINE = 1 << 20  # bytes of the first line that are looked at


def is_answer(path: Path) -> bool:
    """Whether a file holds answers in JSON lines, CSV or Parquet; a table for people cannot be told from a text."""
    try:
        with path.open("rb") as file:
            return _columns(path, file.readline(_LINE)) >= _COLUMNS
    except (OSError, ValueError, RecursionError, csv.Error):  # it is something else
        return False


def _columns(path: Path, line: bytes) -> set[str]:
    """Return the columns of a table, of which the first line is given."""
    if line.startswith(b"PAR1"):
        import pyarrow as pa
        from pyarrow.parquet import read_schema

        try:
            return set(read_schema(path).names)
        except pa.ArrowException:
            return set()
    if line.startswith(b"{"):
        return set(json.loads(line))
    return set(next(csv.reader([line.decode()]), []))
