"""JSON lines: an object for each article."""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from classifier.data.answers import OutputOptions, Write

_encode = json.JSONEncoder(ensure_ascii=False, default=str, allow_nan=False).encode


@contextmanager
def write_json_lines(file: IO[str], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches."""
    yield lambda batch: write_rows(file, batch.columns(options))


def write_rows(file: IO[str], columns: dict[str, list[Any]]) -> None:
    """Write an object for each row of some columns."""
    rows = (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
    file.write("".join(f"{_line(row)}\n" for row in rows))


def _line(row: dict[str, Any]) -> str:
    try:
        return _encode(row)
    except ValueError:  # JSON knows neither NaN nor infinity
        return json.dumps(_finite(row), ensure_ascii=False, default=str)


def _finite(value: Any) -> Any:
    """Replace numbers that are not finite by their names, at any depth."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list) else value
