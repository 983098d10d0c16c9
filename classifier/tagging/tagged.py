"""Tagged articles as frames: answers that ``predict`` has written are read back, and articles are tagged now."""

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from classifier.data.articles import BATCH, STDIN, Article, Columns, Notice, OnError, ReadOptions, batched, with_title
from classifier.data.folders import expand
from classifier.data.reading import read
from classifier.data.unpacking import ARCHIVE, ending
from classifier.errors import Error, UsageError
from classifier.tagging.batches import tag_articles
from classifier.topics import parse_topics

WIDE, LONG = (
    ("topics", "probabilities"),
    ("topic", "probability"),
)  # columns of answers: a row an article, or a topic
_GIVEN = "given"  # a column of long answers with all topics
_NOT_GIVEN = {"false", "0"}
_PROBED = 50  # articles by which answers are told
_NOTE = "note"  # a column of every answer, and of few other tables
_TABLES = {".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx", ARCHIVE}  # that may hold answers


def read_tagged(
    paths: Sequence[str | Path],
    model: Path | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (it is immutable)
    *,
    on_error: OnError | None = None,
) -> Iterator[pd.DataFrame]:
    """Read answers, or tag articles, batch by batch.

    Parameters
    ----------
    paths
        Files and folders, of answers as ``predict`` writes them, or of articles; ``-`` is standard input.
    model
        Model folder for articles; None: the shipped model. Answers need none.
    options
        How files are read. The column of dates, and other optional ones, are kept if they are there.
    on_error
        As in `classifier.data.reading.read`.

    Yields
    ------
    DataFrame
        ``id``, ``date`` (None where it is not known), ``title``, ``text`` (which begins with the title; empty where it
        is not known), the optional columns, ``topics`` and ``probabilities`` (lists), ``note``.

    Raises
    ------
    UsageError
        As from `read`.
    """
    files = [file for path in paths for file in expand(Path(path), strict=options.strict)]
    optional = tuple(dict.fromkeys((options.columns.date, *options.columns.optional)))
    asked = replace(options, columns=options.columns._replace(keep=(), optional=optional))
    for path in files:
        columns = _columns_of_answers(path, asked)
        if columns is None:
            batches = _tag(path, model, asked, on_error)
        else:
            batches = _read_answers(path, replace(asked, columns=columns), on_error)
        for batch in batches:
            yield batch.rename(columns={options.columns.date: "date"})


def holds_answers(path: Path, options: ReadOptions = ReadOptions()) -> bool:  # noqa: B008
    """Whether a file, or standard input, begins like answers that ``predict`` has written."""
    return _columns_of_answers(path, options) is not None


def _columns_of_answers(path: Path, options: ReadOptions) -> Columns | None:
    """Return the columns under which answers are read, or None if a file does not hold answers."""
    if path == Path(STDIN):
        header = sys.stdin.buffer.peek(1).partition(b"\n")[0] if hasattr(sys.stdin.buffer, "peek") else b""
        kinds = [kind for kind in (WIDE, LONG) if all(f"{name}".encode() in header for name in (kind[1], _NOTE))]
    elif ending(path).format not in _TABLES and path.suffix.lower() != ARCHIVE:
        kinds = []
    else:
        kinds = [kind for kind in (WIDE, LONG) if _begins_with(path, kind, options)]
    return _answer_columns(options.columns, kinds[0]) if kinds else None


def _begins_with(path: Path, kind: tuple[str, str], options: ReadOptions) -> bool:
    """Whether a file is a table with the columns of a kind of answers."""
    with suppress(Error), warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        columns = _answer_columns(options.columns._replace(keep=()), kind)
        first = list(islice(read([path], replace(options, columns=columns), on_error=lambda _: None), _PROBED))
        # JSON may lack any column, and a cell of Excel is null if it is empty; of an article without a topic, too.
        has_topics = any(article.row[kind[0]] is not None for article in first)
        return bool(first) and (kind == LONG or has_topics or path.suffix == ".xlsx")
    return False


def _answer_columns(columns: Columns, kind: tuple[str, str]) -> Columns:
    """Return the columns under which answers are read: in the place of a text, they all have a note."""
    optional = (*columns.optional, *((_GIVEN,) if kind == LONG else ()), columns.text)
    return columns._replace(text=_NOTE, keep=tuple(dict.fromkeys((*kind, *columns.keep))), optional=optional)


def _tag(path: Path, model: Path | None, options: ReadOptions, on_error: OnError | None) -> Iterator[pd.DataFrame]:
    for batch in tag_articles(model, read([path], options, on_error=on_error)):
        answers = batch.predictions.columns()
        texts = [article.text for article in batch.articles]
        yield _frame(batch.articles, texts, {name: answers[name] for name in (*WIDE, _NOTE)})


def _read_answers(path: Path, options: ReadOptions, on_error: OnError | None) -> Iterator[pd.DataFrame]:
    articles = read([path], options, on_error=on_error)
    text = options.columns.optional[-1]
    for batch in batched(articles if WIDE[0] in options.columns.keep else _joined(articles), BATCH):
        places = [article.place for article in batch]
        topics = parse_topics([article.row.pop(WIDE[0]) for article in batch], places)
        probabilities = [parse_probabilities(article.row.pop(WIDE[1]), article.place) for article in batch]
        notes = [article.text.removeprefix(article.headline).strip() for article in batch]
        bodies = [str(article.row.pop(text) or "") for article in batch]
        texts = [
            with_title(article.headline, body) if body else "" for article, body in zip(batch, bodies, strict=True)
        ]
        for article in batch:
            for name in {*LONG, _GIVEN} & article.row.keys():
                del article.row[name]
        yield _frame(batch, texts, {WIDE[0]: topics, WIDE[1]: probabilities, _NOTE: notes})


def _frame(articles: Sequence[Article], texts: Sequence[str], answers: dict[str, list[Any]]) -> pd.DataFrame:
    kept = {name: [article.row[name] for article in articles] for name in articles[0].row}
    titles = [article.headline for article in articles]
    ids = [article.id for article in articles]
    return pd.DataFrame({"id": ids, "title": titles, "text": texts, **kept, **answers})


def _joined(rows: Iterable[Article]) -> Iterator[Article]:
    """Join the rows of each article of a long answer, which follow each other, to one."""
    seen = set[str]()
    for id, group in groupby(rows, attrgetter("id")):
        of_topics = list(group)
        first = of_topics[0]
        if id in seen:
            raise UsageError(
                f"{first.place}: id {id!r} comes back, and the rows of an article must follow each other: give each "
                "article its own id, and do not sort the file"
            )
        seen.add(id)
        given = [row.row for row in of_topics if _is_given(row.row)]
        yield first._replace(
            row={**first.row, WIDE[0]: [row[LONG[0]] for row in given], WIDE[1]: [row[LONG[1]] for row in given]}
        )


def _is_given(row: dict[str, Any]) -> bool:
    """Whether a row of a long answer has a topic that the article gets."""
    return row[LONG[0]] not in (None, "") and str(row[_GIVEN]).casefold() not in _NOT_GIVEN


def parse_probabilities(cell: Any, place: str) -> list[float | None]:
    """Read the probabilities of an article: a list, a number, or numbers separated by ``;``; None where there is none.

    Raises
    ------
    UsageError
        It holds something else; the message names the place.
    """
    if cell is None or cell == "":
        return []
    values = cell.split(";") if isinstance(cell, str) else [cell] if isinstance(cell, int | float) else list(cell)
    try:
        return [None if value is None or not str(value).strip() else float(value) for value in values]
    except (TypeError, ValueError) as error:
        raise UsageError(f"{place}: probabilities are {cell!r:.60}, not numbers separated by ';'") from error
