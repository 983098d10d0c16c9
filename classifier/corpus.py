"""Labelled news: a table with topics, or a table and a file of labels joined by id."""

import hashlib
import json
import re
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classifier import articles
from classifier.articles import Columns
from classifier.errors import Error, UsageError
from classifier.topics import in_order, taxonomy

TRAIN = "train"  # the split that is fitted; rows of other splits are held out


class Corpus(NamedTuple):
    """Labelled texts, with empty strings where the data do not tell the split, the source or the year."""

    ids: list[str]
    texts: list[str]
    topics: list[list[str]]
    splits: list[str]
    sources: list[str]
    years: list[str]

    def where(self, rows: Sequence[bool] | NDArray[np.bool_]) -> "Corpus":
        """The rows that are true."""
        chosen = np.flatnonzero(rows)
        return Corpus(*([column[row] for row in chosen] for column in self))  # type: ignore[arg-type]

    def parted(self) -> tuple["Corpus", "Corpus"]:
        """What is to be fitted and what is held out: all and nothing where there is no split."""
        fitted = [split in ("", TRAIN) for split in self.splits]
        return self.where(fitted), self.where(np.logical_not(fitted))

    def indicator(self, classes: Sequence[str]) -> pd.DataFrame:
        """Indicator matrix (texts, topics), columns named by `classes`; other topics are left out."""
        rows = [[int(topic in given) for topic in classes] for given in map(set, self.topics)]
        return pd.DataFrame(np.array(rows, np.int8).reshape(len(rows), len(classes)), columns=list(classes))

    def counts(self) -> dict[str, int]:
        """Texts of each topic, in the order of the taxonomy."""
        numbers = pd.Series(self.topics, dtype=object).explode().value_counts()
        return {topic: int(numbers[topic]) for topic in in_order(set(numbers.index))}

    def sha256(self) -> str:
        """Hash of the ids, texts and topics in their order."""
        digest = hashlib.sha256()
        for row in zip(self.ids, self.texts, self.topics, strict=True):
            digest.update(json.dumps(row).encode())  # ASCII, whatever Unicode version Python knows
        return digest.hexdigest()


def read(
    data: Path,
    labels: Path | Sequence[Path] = (),
    columns: Columns = Columns(),  # noqa: B008
    encoding: str | None = None,
) -> Corpus:
    """Read a labelled corpus.

    Parameters
    ----------
    data
        A table of articles in any format that `articles.read` takes. Without `labels` it has a column ``topics`` and
        may have a column ``split``. It may tell the source of an article, and its date, or year.
    labels
        A table with the columns ``id``, ``topics`` and, if wanted, ``split``, or several, where what a later one says
        of an article replaces what an earlier one says. Articles without a label are left out.
        Topics are a list or parted by ``;``. Where no row has a ``;`` and all words are ids of the taxonomy, spaces
        part them as well.
    columns, encoding
        As of `articles.read`.

    Raises
    ------
    UsageError
        A file or column is missing, or no article has a label.
    """
    labels = [labels] if isinstance(labels, Path) else labels
    known = _labels(labels) if labels else None
    columns = columns._replace(optional=("split", columns.source, columns.date))
    columns = columns._replace(keep=("topics",)) if known is None else columns
    rows = []
    for article in articles.read([data], columns, encoding=encoding):
        row = article.row if known is None else known.get(article.id)
        if row is not None:
            told = row.get("split"), article.row[columns.source], article.row[columns.date]
            rows.append((article.id, article.text, row["topics"], *map(_string, told)))
    if not rows:
        raise UsageError(
            f"no article of {data} has a label"
            + (f" in {', '.join(map(str, labels))}: do their ids agree?" if labels else "")
        )
    ids, texts, cells, splits, sources, dates = map(list, zip(*rows, strict=True))
    return Corpus(ids, texts, parted(cells), splits, sources, [_year(date) for date in dates])


def unlabelled(
    data: Path,
    columns: Columns = Columns(),  # noqa: B008
    encoding: str | None = None,
    *,
    without: Container[str] = (),
) -> list[str]:
    """Texts of the articles in `data`, labelled or not, but for the ids `without`; arguments as of `read`."""
    return [article.text for article in articles.read([data], columns, encoding=encoding) if article.id not in without]


_TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    ".csv": lambda path: pd.read_csv(path, dtype=str, keep_default_na=False),
    ".tsv": lambda path: pd.read_csv(path, dtype=str, keep_default_na=False, sep="\t"),
    ".jsonl": lambda path: pd.read_json(path, lines=True, dtype=False),
    ".parquet": pd.read_parquet,
}


def _table(path: Path) -> pd.DataFrame:
    if path.suffix.lower() not in _TABLES:
        raise UsageError(f"{path} has an unknown format: labels are read from {' '.join(_TABLES)}")
    try:
        return _TABLES[path.suffix.lower()](path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:  # pandas' and pyarrow's complaints about content are all of this kind
        raise Error(f"{path} is not a readable table: {error}") from error


def _labels(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Rows of labels files by id; cells of later files replace those of earlier ones."""
    rows: dict[str, dict[str, Any]] = {}
    for path in paths:
        for row in _rows(path):
            rows.setdefault(str(row["id"]), {}).update(row)
    return rows


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a labels file, each of another article."""
    table = _table(path)
    for column in ("id", "topics"):
        if column not in table:
            raise UsageError(f"{path} has no column {column!r} (there are: {', '.join(map(str, table.columns))})")
    ids = table["id"].astype(str)
    if ids.duplicated().any():
        raise Error(f"{path} has more than one row for id {ids[ids.duplicated()].iloc[0]!r}; keep one")
    yield from ({str(key): value for key, value in row.items()} for row in table.to_dict("records"))


def _string(cell: Any) -> str:
    """A cell as a string, a gap as an empty one."""
    return "" if cell is None or cell != cell else str(cell)


def _year(date: str) -> str:
    """The first number of four digits in a date."""
    year = re.search(r"(?<!\d)\d{4}(?!\d)", date)
    return year[0] if year else ""


def parted(cells: list[Any]) -> list[list[str]]:
    """Topics of each cell, a list or a string, without repetition."""
    strings = [cell for cell in cells if isinstance(cell, str)]
    words = {word for cell in strings for word in cell.split()}
    spaces = not any(";" in cell for cell in strings) and words <= taxonomy().keys()

    def topics(cell: Any) -> list[str]:
        if cell is None or isinstance(cell, float):  # a gap
            return []
        parts = (cell.split() if spaces else cell.split(";")) if isinstance(cell, str) else cell
        return list(dict.fromkeys(filter(None, (str(part).strip() for part in parts))))

    return [topics(cell) for cell in cells]
