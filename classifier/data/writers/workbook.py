"""Excel: a row for each article, or for each of its topics; lists are joined by semicolons."""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from classifier.data.answers import OutputOptions, TaggedBatch, Write
from classifier.errors import Error, UsageError

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 1_048_576, 16_384, 32_767  # of a sheet; of a cell, in UTF-16
_EXACT = 10**15  # Excel keeps 15 digits
_WIDTHS = {"id": 24, "topics": 45, "topic": 30, "names": 60, "name": 45, "probabilities": 22, "note": 14}  # letters
_WIDTH = 18


@contextmanager
def write_workbook(file: IO[bytes], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches; what is written is kept in a temporary file until the end."""
    with open_sheet_writer(file, "topics") as sheet:
        yield lambda batch: sheet.write(batch.columns(options))
        if not sheet.rows:
            sheet.write(TaggedBatch.empty(classes).columns(options))


@contextmanager
def open_sheet_writer(file: IO[bytes], name: str, shares: Collection[str] = ()) -> Iterator["SheetWriter"]:
    """Open a workbook of one sheet of some name, written to `file` at the end; `shares` are shown in percent."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise UsageError("to write .xlsx: pip install 'news-topics[office]'") from error
    with TemporaryDirectory() as folder:  # XlsxWriter leaves temporary files if a run fails, a traceback on a full disk
        written = Path(folder) / "book.xlsx"
        book = xlsxwriter.Workbook(written, {"constant_memory": True, "tmpdir": folder})
        sheet = SheetWriter(book, name, shares)
        try:
            yield sheet
            book.close()
            with written.open("rb") as content:
                shutil.copyfileobj(content, file)
        except xlsxwriter.exceptions.XlsxWriterException as error:
            raise Error(f"the workbook cannot be written: {error}") from error
        finally:
            sheet.sheet.row_data_fh.close()


class SheetWriter:
    """The sheet that is being written; `rows` counts those written, with the header."""

    def __init__(self, book: Any, name: str, shares: Collection[str] = ()) -> None:
        self.sheet = book.add_worksheet(name)
        self.rows = 0
        self._bold = book.add_format({"bold": True})
        self._styles = dict.fromkeys(shares, book.add_format({"num_format": "0.0%"}))

    def write(self, columns: dict[str, list[Any]]) -> None:
        """Write rows, given as columns of one length; the header comes with the first ones."""
        if not self.rows:
            self._write_header(list(columns))
        for row in zip(*columns.values(), strict=True):
            self._write_row(row, columns)

    def _write_header(self, names: list[str]) -> None:
        if len(names) > MAX_COLUMNS:
            raise Error(f"a sheet has at most {MAX_COLUMNS:,} columns: write .csv or .parquet")
        for place, name in enumerate(names):
            self.sheet.set_column(place, place, _WIDTHS.get(name, _WIDTH))
        self.sheet.freeze_panes(1, 0)
        self._write_row(names, names, self._bold)

    def _write_row(self, cells: Iterable[Any], names: Iterable[str], style: Any = None) -> None:
        if self.rows == MAX_ROWS:
            raise Error(f"a sheet has at most {MAX_ROWS:,} rows, and there are more answers: write .csv or .parquet")
        for place, (cell, name) in enumerate(zip(cells, names, strict=True)):
            value = _value(cell)
            if not isinstance(value, str):
                self.sheet.write(self.rows, place, value, style or self._styles.get(name))
            elif len(value.encode("utf-16-le")) > 2 * MAX_CELL:
                raise Error(
                    f"a cell of a sheet holds at most {MAX_CELL:,} characters, and one of {name!r} has more: "
                    "write .csv or .parquet, or do not keep this column"
                )
            else:  # as a text, even if it starts like a formula
                self.sheet.write_string(self.rows, place, value, style)
        self.rows += 1


def _value(cell: Any) -> Any:
    """Return a cell as Excel holds it; None, a truth value, a number, or else a string."""
    if isinstance(cell, list):
        return _text("; ".join("" if value is None else str(value) for value in cell))
    is_number = isinstance(cell, int | float) and abs(cell) < _EXACT
    return cell if cell is None or is_number else _text(str(cell))


def _text(value: str) -> str:
    """Return a text without what XML cannot hold, as a question mark."""
    return value.encode(errors="replace").decode().translate({0xFFFE: "?", 0xFFFF: "?"})
