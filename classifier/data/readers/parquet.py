"""Parquet: an article a row."""

from collections.abc import Iterator

from classifier.data.articles import Article
from classifier.data.readers.source import Source
from classifier.errors import Error

_ROWS = 500  # read at once


def read_parquet(source: Source) -> Iterator[Article]:
    """Read the rows of a file; only the columns of articles and those to keep are decoded."""
    import pyarrow as pa  # 0.1 s
    import pyarrow.parquet as pq

    columns, name = source.options.columns, source.name
    number = 0
    try:
        file = pq.ParquetFile(source.stream)
        names = file.schema_arrow.names
        source.require(names)
        needed = {columns.text, columns.title, columns.id, *columns.keep, *columns.optional} & set(names)
        for batch in file.iter_batches(batch_size=_ROWS, columns=list(needed)):
            for row in batch.to_pylist():
                number += 1
                yield from source.article(row, number, f"{name} row {number}")
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Error(f"{name} is not a Parquet file or is damaged: {str(error).partition(chr(10))[0]}") from error
