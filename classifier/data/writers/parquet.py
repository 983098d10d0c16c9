"""Parquet: a row for each article."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from classifier.data.answers import OutputOptions, TaggedBatch, Write
from classifier.data.articles import BATCH
from classifier.errors import Error

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP = 20  # batches in a row group: readers are faster with large ones


@contextmanager
def write_parquet(
    file: IO[bytes], options: OutputOptions, classes: Sequence[str], schema: "pa.Schema | None" = None
) -> Iterator[Write]:
    """Open a function that writes batches.

    `schema` gives the columns; None: `answer_schema`, with kept columns of the types that the first batch shows.
    """
    target = _ParquetFile(file, options, classes, schema)
    try:
        yield target.write
        target.finish()
    finally:
        target.close()


def answer_schema(options: OutputOptions, kept: "Iterable[pa.Field]", classes: Sequence[str]) -> "pa.Schema":
    """Return the columns of an answer; a kept column that shows no type holds strings."""
    import pyarrow as pa  # 0.1 s

    fields = [field.with_type(pa.string()) if pa.types.is_null(field.type) else field for field in kept]
    strings, floats = pa.list_(pa.string()), pa.list_(pa.float64())
    if options.long:
        columns = [("topic", pa.string()), ("probability", pa.float64())]
        columns += [("origin", pa.string())] if options.origins else []
        columns += [("name", pa.string())] if options.names else []
        columns += [("given", pa.bool_())] if options.all_topics else []
        return pa.schema([("id", pa.string()), *fields, *columns, ("note", pa.string())])
    origins = [("origins", strings)] if options.origins else []
    names = [("names", strings)] if options.names else []
    every = [(topic, pa.float64()) for topic in classes] if options.all_topics else []
    return pa.schema(
        [
            ("id", pa.string()),
            *fields,
            ("topics", strings),
            ("probabilities", floats),
            *origins,
            *names,
            ("note", pa.string()),
            *every,
        ]
    )


def kept_fields(batch: TaggedBatch | None, options: OutputOptions) -> "list[pa.Field]":
    """Return the kept columns, with the types of what the first articles hold there."""
    import pyarrow as pa

    articles = batch.articles if batch else []
    return [pa.field(name, _type_of([article.row[name] for article in articles], name)) for name in options.keep]


def _type_of(cells: list[Any], name: str) -> "pa.DataType":
    """Return the type of some cells: an `Error` if they have none in common."""
    import pyarrow as pa

    with _advice(f"column {name!r} does not fit into Parquet"):
        return pa.array(cells).type


@contextmanager
def _advice(problem: str) -> Iterator[None]:
    """Turn what pyarrow raises about cells into an `Error`."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
        raise Error(f"{problem} ({error}); keep it in CSV or JSON lines") from error


class _ParquetFile:
    """A file that is opened when its columns are known: with the first batch, unless there is a schema."""

    def __init__(
        self, file: IO[bytes], options: OutputOptions, classes: Sequence[str], schema: "pa.Schema | None"
    ) -> None:
        self._file, self._options, self._classes, self._schema = file, options, classes, schema
        self._target: Any = None
        self._waiting: list[pa.Table] = []  # for a row group

    def write(self, batch: TaggedBatch) -> None:
        import pyarrow as pa

        target = self._open(batch)
        with _advice(f"at or after {batch.articles[0].place}: a kept column changes its type"):
            self._waiting.append(pa.Table.from_pydict(batch.columns(self._options), target.schema))
        if len(self._waiting) == _GROUP:
            self.write_group()

    def finish(self) -> None:
        """Write what is left; a file without answers has the columns of one."""
        self._open(None)
        self.write_group()

    def write_group(self) -> None:
        import pyarrow as pa

        if self._waiting:
            with _advice("a kept column does not fit into Parquet"):
                self._target.write_table(pa.concat_tables(self._waiting), row_group_size=_GROUP * BATCH)
            self._waiting.clear()

    def close(self) -> None:
        if self._target is not None:
            self._target.close()

    def _open(self, batch: TaggedBatch | None) -> Any:
        import pyarrow.parquet as pq

        if self._target is None:
            kept = kept_fields(batch, self._options)
            schema = self._schema or answer_schema(self._options, kept, self._classes)
            with _advice("a kept column does not fit into Parquet"):
                self._target = pq.ParquetWriter(self._file, schema)
        return self._target
