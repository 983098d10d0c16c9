"""The articles of DataFrames."""

from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING

from classifier.data.articles import as_string, with_title
from classifier.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


def check_columns(frame: "pd.DataFrame", *names: str) -> None:
    """Refuse a frame that lacks a column, and what is no frame: a `UsageError`."""
    if not hasattr(frame, "columns"):
        raise UsageError(
            f"give a DataFrame, not {type(frame).__name__}; of a list or Series: pd.DataFrame({{'text': ...}})"
        )
    for name in names:
        if name not in frame:
            raise UsageError(f"no column {name!r} (there are: {', '.join(map(str, frame.columns)) or 'none'})")


def texts_of(frame: "pd.DataFrame", text: str, title: str) -> Iterator[str]:
    """Return the texts of the articles, headlines first; an `Error` if a cell is neither string nor gap."""
    return map(with_title, _cells(frame, title) if title in frame else repeat(""), _cells(frame, text))


def _cells(frame: "pd.DataFrame", name: str) -> Iterator[str]:
    cells = frame[name].astype(object).where(frame[name].notna(), None)
    return (as_string(cell, name, f"row {label!r}") for label, cell in zip(frame.index, cells, strict=True))
