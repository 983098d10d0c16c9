"""What the columns of tagged articles say, however a table holds them."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from classifier.duplicates.tables import truth_of
from classifier.errors import UsageError
from classifier.tagging.tagged import parse_probabilities
from classifier.topics import parse_topics


def topics_of(frame: pd.DataFrame) -> pd.Series:
    """Return the topics of each article, lists; an `UsageError` if Dask has turned lists into strings."""
    cells = frame["topics"].tolist()
    if any(isinstance(cell, str) and cell.startswith("[") and cell.endswith("]") for cell in cells):
        raise UsageError(
            "topics are lists that have become strings: before you make a Dask DataFrame of lists, say "
            "dask.config.set({'dataframe.convert-string': False})"
        )
    return pd.Series(parse_topics(cells), frame.index, dtype=object)


def probabilities_of(frame: pd.DataFrame, topics: pd.Series) -> list[list[float | None]]:
    """Return a probability for each topic of each article, None where there is none."""
    found = []
    for (label, cell), names in zip(frame["probabilities"].items(), topics, strict=True):
        values = parse_probabilities(cell, f"row {label!r}")[: len(names)]
        found.append(values + [None] * (len(names) - len(values)))
    return found


def is_first(frame: pd.DataFrame) -> pd.Series:
    """Return whether each article is the first of its reprints, as far as the column ``first`` tells; else true."""
    if "first" not in frame:
        return pd.Series(True, frame.index)
    cells = frame["first"]
    if cells.dtype == bool:
        return cells
    said = cells.map(lambda cell: True if pd.isna(cell) else truth_of(cell))
    if said.isna().any():
        raise UsageError(f"column 'first' holds {cells[said.isna()].iloc[0]!r}, neither true nor false")
    return pd.Series(said.astype(bool))


def is_unjudged(frame: pd.DataFrame, topics: pd.Series) -> pd.Series:
    """Return which articles the model could not judge and nobody else gave a topic to."""
    if "note" not in frame:
        return pd.Series(False, frame.index)
    return pd.Series((frame["note"].fillna("").astype(str) != "") & (topics.map(len) == 0))


def names_of(values: pd.Series) -> pd.Series:
    """Return cells as the names of groups, empty for a gap."""
    return pd.Series(values.map(lambda value: "" if value is None or value is pd.NA or value != value else str(value)))


def chosen_topics(topics: Iterable[str] | str | None) -> list[str] | None:
    """Return the topics to tell about, each once; None: all. A `UsageError` if they are no strings."""
    if topics is None:
        return None
    listed = [topics] if isinstance(topics, str) else list(topics)
    wrong: list[Any] = [topic for topic in listed if not isinstance(topic, str)]
    if wrong:
        raise UsageError(f"topics are strings, such as ['sport'], and one is {wrong[0]!r:.40}")
    return list(dict.fromkeys(listed))
