"""One module for each format. To add a format, write a `Reader` and add it to `READERS`."""

from collections.abc import Callable, Iterator

from classifier.data.articles import Article
from classifier.data.readers.csv import read_csv, read_tsv
from classifier.data.readers.document import read_document
from classifier.data.readers.html import read_page
from classifier.data.readers.json import read_json
from classifier.data.readers.json_lines import read_json_lines
from classifier.data.readers.parquet import read_parquet
from classifier.data.readers.source import Source
from classifier.data.readers.text import read_text
from classifier.data.readers.workbook import read_workbook

Reader = Callable[[Source], Iterator[Article]]
READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_page,
    ".htm": read_page,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".jsonl": read_json_lines,
    ".json": read_json,
    ".parquet": read_parquet,
    ".xlsx": read_workbook,
    ".docx": read_document,
}
SEEKING = {".parquet", ".xlsx", ".docx"}  # that are read from several places, and so from a file on a disk
INPUT_FORMATS = [suffix.removeprefix(".") for suffix in READERS if suffix != ".htm"]
