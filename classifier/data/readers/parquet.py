"""Parquet: an article a row."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from classifier.data.articles import Article
from classifier.data.readers.source import Source
from classifier.errors import Error

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_ROWS, _BYTES = 100, 1 << 25  # read at once: so many rows, or fewer if they are long
_BUFFER = 1 << 20  # bytes of a column that are read ahead; with pre_buffer, or without a limit, those of a row group


def read_parquet(source: Source) -> Iterator[Article]:
    """Read the rows of a file; only the columns of articles and those to keep are decoded."""
    import pyarrow as pa  # 0.1 s
    import pyarrow.parquet as pq

    number, name = 0, source.name
    try:
        file = pq.ParquetFile(source.stream, buffer_size=_BUFFER, pre_buffer=False)
        names = file.schema_arrow.names
        source = source.with_header(names)
        columns = source.options.columns
        needed = {columns.text, columns.title, columns.id, *columns.keep, *columns.optional} & set(names)
        for batch in file.iter_batches(batch_size=_rows_at_once(file), columns=list(needed)):
            for row in _rows(batch):
                number += 1
                if article := source.article(row, number, f"{name} row {number}"):
                    yield article
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Error(f"{name} is not a Parquet file or is damaged: {str(error).partition(chr(10))[0]}") from error


def _rows_at_once(file: "pq.ParquetFile") -> int:
    groups = [file.metadata.row_group(index) for index in range(file.metadata.num_row_groups)]
    longest = max((group.total_byte_size // max(group.num_rows, 1) for group in groups), default=0)
    return min(_ROWS, max(_BYTES // max(longest, 1), 1))


def _rows(batch: "pa.RecordBatch") -> list[dict[str, Any]]:
    """Return the rows of a batch as Python's values."""
    try:
        return batch.to_pylist()  # type: ignore[no-any-return]
    except Exception:  # of any kind: from dates after the year 9999, unknown time zones, bytes that are not UTF-8
        columns = [[_value(cell) for cell in column] for column in batch.columns]
        return [dict(zip(batch.schema.names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _value(cell: "pa.Scalar") -> Any:
    """Return a cell as Python's value; if it has none, as a string, or the number or bytes that are stored."""
    import pyarrow as pa

    ways: list[Callable[[], Any]] = [
        cell.as_py,
        lambda: cell.cast(pa.string()).as_py(),
        lambda: cell.cast(pa.int64()).as_py(),
        lambda: cell.as_buffer().to_pybytes(),
    ]
    for way in ways:
        try:
            return way()
        except Exception:  # of any kind, as above
            continue
    return f"unreadable {cell.type}"
