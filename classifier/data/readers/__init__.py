"""One module for each format. To add a format, write a `Reader` and add it to `READERS`."""

from collections.abc import Callable, Iterator

from classifier.data.articles import Article
from classifier.data.readers.csv import read_csv, read_tsv
from classifier.data.readers.html import read_page
from classifier.data.readers.json_lines import read_json_lines
from classifier.data.readers.parquet import read_parquet
from classifier.data.readers.source import Source
from classifier.data.readers.text import read_text

Reader = Callable[[Source], Iterator[Article]]
READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_page,
    ".htm": read_page,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".jsonl": read_json_lines,
    ".parquet": read_parquet,
}
INPUT_FORMATS = [suffix.removeprefix(".") for suffix in READERS if suffix != ".htm"]
