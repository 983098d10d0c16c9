"""Clusters as tables: of the articles of a DataFrame, in a file, and the largest ones for people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from classifier.data.corpus import read_table
from classifier.data.dates import UNKNOWN, iso_day
from classifier.data.frames import check_columns, texts_of
from classifier.data.readers.source import as_id
from classifier.duplicates.finding import DAYS, SIMILARITY, Clusters, find_clusters
from classifier.errors import Error, UsageError

COLUMNS = ["id", "cluster", "first", "size"]
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


def clusters(
    frame: pd.DataFrame,
    text: str = "text",
    title: str = "title",
    date: str = "date",
    *,
    similarity: float = SIMILARITY,
    days: int | None = DAYS,
) -> pd.DataFrame:
    """Find the articles of a DataFrame that repeat others.

    >>> import pandas as pd
    >>> news = pd.DataFrame({"text": ["Снег в городе", "Снег, в городе", "Дождь"]}, index=["a", "b", "c"])
    >>> clusters(news)
      cluster  first  size
    a       a   True     2
    b       a  False     2
    c       c   True     1

    Parameters
    ----------
    frame
        An article a row. A gap is an empty text.
    text, title, date
        Names of the columns; those of headlines and dates may be missing.
    similarity, days
        As in `find_clusters`.

    Returns
    -------
    DataFrame
        With the index of `frame`: ``cluster`` (label of the first article), ``first`` and ``size`` (of the cluster).

    Raises
    ------
    UsageError
        The column of the texts is missing; others are those of `find_clusters`.
    Error
        A text is neither string nor gap.
    """
    check_columns(frame, text)
    found = find_clusters(texts_of(frame, text, title), frame.get(date), similarity=similarity, days=days)
    columns = {"cluster": frame.index[found.cluster], "first": found.first, "size": found.size}
    return pd.DataFrame(columns, frame.index)


def clusters_table(ids: Sequence[str], found: Clusters) -> pd.DataFrame:
    """Return a row for each article, with the columns `COLUMNS`; clusters have the ids of their first articles."""
    names = pd.Series(ids, dtype=object)
    cluster = names.to_numpy()[found.cluster] if len(names) else names
    return pd.DataFrame(dict(zip(COLUMNS, (names, cluster, found.first, found.size), strict=True)))


def largest_clusters(headlines: Sequence[str], found: Clusters, number: int) -> pd.DataFrame:
    """Return the largest clusters: ``articles``, the days ``from`` and ``to``, and the ``headline`` of the first."""
    counts = np.bincount(found.cluster, minlength=len(found.cluster))
    largest = [row for row in np.argsort(-counts, kind="stable")[:number].tolist() if counts[row] > 1]
    rows = []
    for row in largest:
        moments = found.moments[found.cluster == row]
        known = moments[moments != UNKNOWN]
        span = (iso_day(known.min()), iso_day(known.max())) if len(known) else ("", "")
        rows.append((int(counts[row]), *span, headlines[row]))
    return pd.DataFrame(rows, columns=["articles", "from", "to", "headline"])


def read_clusters(path: Path) -> pd.DataFrame:
    """Return the columns ``id``, ``cluster`` and ``first`` of what `news-topics duplicates` has written.

    Rows may be missing, and columns may have been added.

    Raises
    ------
    UsageError
        The file or a column is missing, or its format is unknown.
    Error
        The file is damaged, `first` holds something else than truth values, or an id occurs twice.
    """
    table = read_table(path, "cluster")
    if missing := [column for column in COLUMNS[:3] if column not in table]:
        raise UsageError(
            f"{path} lacks {', '.join(map(repr, missing))} (there are: {', '.join(map(str, table.columns))}): "
            "name a table of `news-topics duplicates`"
        )
    table = table[COLUMNS[:3]].astype(object)
    for column in ("id", "cluster"):
        table[column] = table[column].map(as_id)
    twice = table["id"][table["id"].duplicated()]
    if len(twice):
        raise Error(
            f"{path} has more than one row for id {twice.iloc[0]!r}, so its articles cannot be told apart: give each "
            "an id, name its column with --id-column, and run `news-topics duplicates` again"
        )
    said = table["first"].map(truth_of)
    if said.isna().any():
        wrong = table["first"][said.isna()].iloc[0]
        raise Error(f"{path}: column 'first' holds {wrong!r}, neither true nor false")
    return table.assign(first=said.astype(bool))


def truth_of(cell: Any) -> bool | None:
    """Return the truth value that a cell of a table holds, as such or in words; None if it holds none.

    >>> truth_of(True), truth_of("false"), truth_of(1.0), truth_of("perhaps")
    (True, False, True, None)
    """
    return _TRUTH.get(as_id(cell).casefold())


def is_clusters(path: Path) -> bool:
    """Whether a file holds clusters as they were written, with no column added."""
    try:
        return read_table(path, "cluster").columns.tolist() == COLUMNS
    except Error:
        return False
