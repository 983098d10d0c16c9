"""Tagged articles to JSON lines, CSV, Parquet or a table for people; files appear whole or not at all."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from classifier.articles import Article
from classifier.errors import Error, UsageError
from classifier.files import beside
from classifier.text import visible
from classifier.topics import Names, name

if TYPE_CHECKING:
    import pyarrow as pa

    from classifier.tagging import Tagged

FORMATS = ["table", "jsonl", "csv", "parquet"]
_ROW_GROUP = 20  # batches of articles in one of Parquet: readers like them large


class Style(NamedTuple):
    """What is shown of an article: `names` adds the topics' names, `all` every topic's probability, `keep` columns."""

    names: Names | None = None
    all: bool = False
    keep: tuple[str, ...] = ()


Write = Callable[[list["Tagged"]], None]


@contextmanager
def writer(path: Path | None, format: str | None, style: Style, like: "pa.Schema | None" = None) -> Iterator[Write]:
    """A function that writes batches to a file, or to standard output where `path` is None.

    Parameters
    ----------
    style
        What to show of each article.
    path
        Written beside and renamed at the end; nothing is left behind when the run fails.
    format
        One of `FORMATS`. None: by the ending of `path`; on a terminal a table, otherwise JSON lines.
    like
        Columns that Parquet is to have; None: those of `schema`.

    Raises
    ------
    UsageError
        The ending says nothing, the folder cannot be written to, or Parquet is to go to standard output.
    """
    format = ending(path, format)
    if path is None:
        if format == "parquet":
            raise UsageError("Parquet cannot go to standard output: add --output FILE.parquet")
        with _WRITERS[format](sys.stdout, style) as write:
            yield write
            sys.stdout.flush()
        return
    write_to = partial(_parquet, like=like) if format == "parquet" else _WRITERS[format]
    with beside(path, binary=format == "parquet") as file, write_to(file, style) as write:
        yield write


def ending(path: Path | None, format: str | None = None) -> str:
    """The format, if given, or else what the ending of `path` says; for standard output, what suits it.

    Raises
    ------
    UsageError
        The ending says nothing.
    """
    if format is not None:
        return format
    if path is None:
        return "table" if sys.stdout.isatty() else "jsonl"
    format = path.suffix.lower().removeprefix(".")
    if format not in FORMATS[1:]:
        raise UsageError(
            f"cannot tell the format of {path} from its ending; say --format jsonl, csv or parquet; a folder is {path}/"
        )
    return format


def record(tagged: "Tagged", style: Style) -> dict[str, Any]:
    """What a line of JSON says of an article."""
    topics = [
        {"id": topic, **({"name": name(topic, style.names)} if style.names else {}), "probability": round(value, 4)}
        for topic, value in tagged.topics.items()
    ]
    shown = {"id": tagged.article.id, **tagged.article.row, "topics": topics}
    if tagged.note:
        shown["note"] = tagged.note
    if style.all:
        shown["probabilities"] = {topic: round(value, 4) for topic, value in tagged.probabilities.items()}
    return shown


@contextmanager
def _json_lines(file: IO[str], style: Style) -> Iterator[Write]:
    def write(batch: "list[Tagged]") -> None:
        lines = (json.dumps(record(tagged, style), ensure_ascii=False, default=str) for tagged in batch)
        file.writelines(f"{line}\n" for line in lines)

    yield write


@contextmanager
def _csv(file: IO[str], style: Style) -> Iterator[Write]:
    table = csv.writer(file, lineterminator="\n")
    header: list[str] = []

    def write(batch: "list[Tagged]") -> None:
        if not header:
            header.extend(["id", *style.keep, "topics", "probabilities"])
            header.extend([*(["names"] if style.names else []), "note"])
            table.writerow([*header, *(batch[0].probabilities if style.all else [])])
        for tagged in batch:
            row = record(tagged, style)
            cells = [row["id"], *(row[column] for column in style.keep)]
            keys = ["id", "probability", *(["name"] if style.names else [])]
            cells += [";".join(str(topic[key]) for topic in row["topics"]) for key in keys]
            cells.append(tagged.note)
            table.writerow([*cells, *row.get("probabilities", {}).values()])

    yield write


def schema(style: Style, kept: "Iterable[pa.Field]", classes: Iterable[str]) -> "pa.Schema":
    """Columns of Parquet, of which some are `kept`; a kept one that shows no type holds strings."""
    import pyarrow as pa  # 0.1 s

    fields = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in kept]
    names = [("name", pa.string())] if style.names else []
    topic = pa.struct([("id", pa.string()), *names, ("probability", pa.float64())])
    scores = [("probabilities", pa.struct([(name, pa.float64()) for name in classes]))] if style.all else []
    return pa.schema([("id", pa.string()), *fields, ("topics", pa.list_(topic)), ("note", pa.string()), *scores])


def kept(batch: "list[Tagged]", style: Style) -> "pa.Schema":
    """Columns that are kept, with the types of what the first articles have there."""
    import pyarrow as pa

    rows = [{column: one.article.row[column] for column in style.keep} for one in batch]
    return pa.Table.from_pylist(rows or [dict.fromkeys(style.keep)]).schema


@contextmanager
def _parquet(file: IO[bytes], style: Style, like: "pa.Schema | None") -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    target: pq.ParquetWriter | None = pq.ParquetWriter(file, like) if like else None
    waiting: list[pa.Table] = []  # for a row group

    def write(batch: "list[Tagged]") -> None:
        nonlocal target
        if target is None:
            target = pq.ParquetWriter(file, schema(style, kept(batch, style), batch[0].probabilities))
        try:
            waiting.append(pa.Table.from_pylist([record(tagged, style) for tagged in batch], target.schema))
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError) as error:
            place = batch[0].article.place
            raise Error(f"at or after {place}: a kept column changes its type ({error}); keep it as CSV") from error
        if len(waiting) == _ROW_GROUP:
            _write_group(target, waiting)

    try:
        yield write
        _write_group(target, waiting)
    finally:
        (target or pq.ParquetWriter(file, schema(style._replace(keep=(), all=False), (), ()))).close()


def _write_group(target: Any, tables: "list[pa.Table]") -> None:
    """Write what waits as one row group."""
    import pyarrow as pa

    if tables:
        target.write_table(pa.concat_tables(tables))
        tables.clear()


@contextmanager
def _table(file: IO[str], style: Style) -> Iterator[Write]:
    from rich.console import Console
    from rich.table import Table

    console = Console(file=file, width=None if file.isatty() else 100, highlight=False)

    def write(batch: "list[Tagged]") -> None:
        for tagged in batch:
            table = Table.grid(padding=(0, 1), pad_edge=True)
            table.add_column(min_width=43)  # the longest Russian name; with the longest id 76 columns
            table.add_column(style="cyan", min_width=27)
            table.add_column(justify="right", style="bold")
            for topic, value in _shown(tagged, style):
                table.add_row(name(topic, style.names or "ru"), topic, f"{value:.2f}")
            console.print(label(tagged.article), style="bold", markup=False, no_wrap=True, overflow="ellipsis")
            console.print(table if table.row_count else f"  [dim]{tagged.note or 'no topic'}[/]")
            console.print()

    yield write


def _shown(tagged: "Tagged", style: Style) -> list[tuple[str, float]]:
    """Topics of an article as the table lists them."""
    if style.all:
        return sorted(tagged.probabilities.items(), key=lambda item: -item[1])
    return list(tagged.topics.items())


def label(article: Article) -> str:
    """Id and headline (or first words) of an article, on one line."""
    words = article.text[:400].strip().partition("\n")[0].split()
    return visible(f"{article.id}  {' '.join(words[:14])}")


_WRITERS: dict[str, Callable[[IO[Any], Style], Any]] = {
    "table": _table,
    "jsonl": _json_lines,
    "csv": _csv,
}
