"""Labelled articles: texts and topics, from one table or from articles and labels joined by id."""

import hashlib
import io
import json
import re
import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from classifier.arrays import BoolArray, IndicatorArray
from classifier.data.articles import AT_RANDOM, OnError, ReadOptions
from classifier.data.encodings import detect_encoding
from classifier.data.readers.csv import DELIMITERS
from classifier.data.readers.source import HEAD, as_id
from classifier.data.readers.workbook import open_sheet
from classifier.data.reading import open_file, read
from classifier.data.unpacking import ending
from classifier.errors import Error, UsageError
from classifier.topics import check_id, parse_topics, taxonomy_order

_SHEET = {"headline", "suggested", "read"}  # columns of a sheet that readers fill in
TRAIN = "train"  # the split that models are fitted on; other splits are held out


class Corpus(NamedTuple):
    """Labelled texts, with empty strings where the data do not tell the split, the source or the year."""

    ids: list[str]
    texts: list[str]
    topics: list[list[str]]
    splits: list[str]
    sources: list[str]
    years: list[str]

    def where(self, rows: Sequence[bool] | BoolArray) -> "Corpus":
        """Return the rows that are true."""
        chosen = np.flatnonzero(rows)
        return Corpus(*([column[row] for row in chosen] for column in self))  # type: ignore[arg-type]

    def train_test_split(self) -> tuple["Corpus", "Corpus"]:
        """Return what to fit and what is held out: everything and nothing if there are no splits."""
        is_train = [split in ("", TRAIN) for split in self.splits]
        return self.where(is_train), self.where(np.logical_not(is_train))

    def indicator(self, classes: Sequence[str]) -> pd.DataFrame:
        """Return an indicator matrix (texts, topics) with columns named by `classes`; other topics are left out."""
        return pd.DataFrame(indicator(self.topics, classes), columns=list(classes))

    def counts(self) -> dict[str, int]:
        """Return the number of texts of each topic, in the order of the taxonomy."""
        numbers = pd.Series(self.topics, dtype=object).explode().value_counts()
        return {topic: int(numbers[topic]) for topic in taxonomy_order(numbers.index)}

    def sha256(self) -> str:
        """Return a hash of ids, texts and topics in order."""
        digest = hashlib.sha256()
        for row in zip(self.ids, self.texts, self.topics, strict=True):
            digest.update(json.dumps(row).encode())  # ASCII, the same with every version of Unicode in Python
        return digest.hexdigest()


def indicator(labels: Iterable[Iterable[str]], classes: Sequence[str]) -> IndicatorArray:
    """Return which texts have which topics, (texts, topics); topics that are not in `classes` are left out."""
    rows = [[topic in given for topic in classes] for given in map(set, labels)]
    return np.array(rows, np.int8).reshape(len(rows), len(classes))


def read_corpus(
    data: Path,
    labels: Path | Sequence[Path] = (),
    options: ReadOptions = ReadOptions(),  # noqa: B008  (it is immutable)
    *,
    on_error: OnError | None = None,
) -> Corpus:
    """Read a labelled corpus.

    Parameters
    ----------
    data
        A table of articles in any format that `read` takes. Without `labels` it has a column ``topics``, and may have a
        column ``split``. It may tell the source of an article, and its date or year.
    labels
        A table with the columns ``id``, ``topics`` and, if wanted, ``split``; or several tables, of which a later one
        replaces what an earlier one says about an article. Articles without a label are left out. Topics are written
        as `parse_topics` reads them.
    options
        How `data` is read.
    on_error
        Called with the error of a record of `data`, which is then left out; None: the error is raised.

    Raises
    ------
    UsageError
        A file or column is missing, no article has a label, or topics are not written as `parse_topics` reads them.
    """
    labels = [labels] if isinstance(labels, Path) else labels
    known = _read_labels(labels) if labels else None
    columns = options.columns._replace(optional=("split", options.columns.source, options.columns.date))
    columns = columns._replace(keep=("topics",)) if known is None else columns
    rows = []
    for article in read([data], replace(options, columns=columns), on_error=on_error):
        row = article.row if known is None else known.get(article.id)
        if row is not None:
            about = row.get("split"), article.row[columns.source], article.row[columns.date]
            place = article.place if known is None else f"label of {article.id!r}"
            rows.append((article.id, article.text, row["topics"], place, *map(as_id, about)))
    if not rows:
        raise UsageError(
            f"no article of {data} has a label"
            + (f" in {', '.join(map(str, labels))}: do their ids agree?" if labels else "")
        )
    ids, texts, cells, places, splits, sources, dates = map(list, zip(*rows, strict=True))
    return Corpus(ids, texts, parse_topics(cells, places), splits, sources, [_year(date) for date in dates])


def read_labels(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Return the topics of each article in some labels tables, by its id; parameters and errors as in `read_corpus`."""
    rows = _read_labels(paths)
    places = [f"label of {id!r}" for id in rows]
    topics = parse_topics([row["topics"] for row in rows.values()], places)
    for topic in {topic for row in topics for topic in row}:
        check_id(topic)
    return dict(zip(rows, topics, strict=True))


def read_at_random(paths: Sequence[Path]) -> set[str]:
    """Return the ids that any labels table says were chosen at random; parameters and errors as in `read_corpus`.

    A label that was read again because it was doubtful still counts: without such ones the others look too good.
    """
    return {id for id, reasons in read_chosen(paths).items() if AT_RANDOM in reasons}


def read_chosen(paths: Sequence[Path]) -> dict[str, set[str]]:
    """Return why each article was chosen, as any labels table says; parameters and errors as in `read_corpus`."""
    chosen: dict[str, set[str]] = {}
    for path in paths:
        for row in _label_rows(path):
            reason = str(row.get("chosen", "")).strip()
            chosen.setdefault(row["id"], set()).update([reason] if reason else [])
    return chosen


def read_texts(
    data: Path,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (it is immutable)
    *,
    without: Container[str] = (),
) -> tuple[list[str], list[str], list[str]]:
    """Return ids, texts and sources of all articles in `data`, labelled or not, except those with ids in `without`."""
    source = options.columns.source
    options = replace(options, columns=options.columns._replace(optional=(source,)))
    articles = [article for article in read([data], options) if article.id not in without]
    ids, texts = [article.id for article in articles], [article.text for article in articles]
    return ids, texts, [as_id(article.row[source]) for article in articles]


def _read_csv(file: Any) -> pd.DataFrame:
    """Read a table as programs write it, or Excel: by the delimiter of the header, in UTF-8 or a Russian encoding."""
    content = file.read()
    header = content.partition(b"\n")[0]
    delimiter = max(DELIMITERS, key=lambda delimiter: header.count(delimiter.encode()))
    encoding = detect_encoding(content[:HEAD], "the table")
    return pd.read_csv(
        io.BytesIO(content), dtype=str, keep_default_na=False, index_col=False, sep=delimiter, encoding=encoding
    )


_TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".jsonl": lambda file: pd.read_json(file, lines=True, dtype=False),
    ".parquet": pd.read_parquet,
}


def read_table(path: Path, column: str = "topics") -> pd.DataFrame:
    """Return a table that is no articles, such as labels; of a workbook, the sheet with a column of that name.

    Raises
    ------
    UsageError
        It is missing, or its format is unknown.
    Error
        It is damaged.
    """
    format = ending(path).format
    if format not in (*_TABLES, ".xlsx"):
        raise UsageError(f"{path} has an unknown format: such a table is read from {' '.join(_TABLES)} .xlsx")
    try:
        with warnings.catch_warnings(), open_file(path, str(path), format) as file:
            warnings.simplefilter("error", pd.errors.ParserWarning)  # rows of too many fields
            return (_read_sheet(file, path, column) if format == ".xlsx" else _TABLES[format](file)).astype(object)
    except Error:
        raise
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # of any kind: from broken rows, unknown time zones, bytes that are not UTF-8
        raise Error(f"{path} is not a readable table: {error}") from error


def _read_sheet(file: Any, path: Path, column: str) -> pd.DataFrame:
    with open_sheet(file, str(path), [column]) as sheet:
        return pd.DataFrame([row for _, row in sheet.rows], columns=sheet.names)


def _read_labels(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Return the rows of labels files by id; cells of later files replace those of earlier ones."""
    rows: dict[str, dict[str, Any]] = {}
    for path in paths:
        for row in _label_rows(path):
            rows.setdefault(row["id"], {}).update(row)
    return rows


def _label_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a labels file, each of another article, with ids as articles have them."""
    table = read_table(path)
    for column in ("id", "topics"):
        if column not in table:
            advice = "; `news-topics labels` makes a table of what readers filled in" if "topic 1" in table else ""
            raise UsageError(
                f"{path} has no column {column!r} (there are: {', '.join(map(str, table.columns))}){advice}"
            )
    if set(table) >= _SHEET:
        raise UsageError(
            f"{path} is a sheet for readers, in which articles that nobody has read have no topics either: "
            f"`news-topics labels {path} -o labels.csv` makes a table of what was read"
        )
    table["id"] = table["id"].map(as_id)
    twice = table["id"][table["id"].duplicated()]
    if len(twice):
        raise Error(f"{path} has more than one row for id {twice.iloc[0]!r}; keep one")
    yield from ({str(key): value for key, value in row.items()} for row in table.to_dict("records"))


def _year(date: str) -> str:
    """Return the first number of four digits in a date."""
    year = re.search(r"(?<!\d)\d{4}(?!\d)", date)
    return year[0] if year else ""
