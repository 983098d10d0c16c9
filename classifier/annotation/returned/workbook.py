"""Excel files from strangers: their cells, if they fit into memory."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.errors import Error, UsageError

_MAX_BYTES = 1 << 30  # of an unpacked file
_MAX_CELLS = 20_000_000  # of a sheet, empty ones included, for calamine makes room for all: 24 bytes each
_CHUNK = 1 << 20
# What zipfile raises: RuntimeError for a file with a password, NotImplementedError for a rare compression.
_DAMAGES = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]{0,200}?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]{0,200}?\br=[\"'](\d+)")


def read_sheets(path: Path) -> Iterator[list[list[Any]]]:
    """Yield the rows of each sheet, whose cells are strings, numbers, truth values or dates.

    Raises
    ------
    UsageError
        python-calamine is not installed.
    Error
        The file is damaged, or too large.
    """
    calamine = _calamine()
    content = path.read_bytes()
    _check_size(content, path)
    try:
        workbook = calamine.load_workbook(io.BytesIO(content))
        for name in workbook.sheet_names:
            yield workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Error(f"{path} is not a readable Excel file ({error}): save it again in Excel") from error


def _calamine() -> Any:
    try:
        import python_calamine
    except ImportError as error:
        raise UsageError("Excel files need python-calamine: pip install 'news-topics[office]'") from error
    return python_calamine


def _check_size(content: bytes, path: Path) -> None:
    """Refuse a file that would fill the memory: one that unpacks to gigabytes, or a cell far from all others."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    total += _check_member(file, path, _MAX_BYTES - total)
    except _DAMAGES as error:
        raise Error(f"{path} is not a readable Excel file ({error}): save it again in Excel") from error


def _check_member(file: Any, path: Path, limit: int) -> int:
    """Return the size of a member; an `Error` if it is beyond the limit, or has too many cells."""
    size, row, column, tail = 0, 1, 1, b""
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        text = tail + chunk
        for letters, digits in _CELL.findall(text):
            row, column = max(row, int(digits)), max(column, _number(letters))
        row = max([row, *(int(digits[:8]) for digits in _ROW.findall(text))])
        if size > limit or row * column > _MAX_CELLS:
            raise Error(f"{path} is too large for a sheet of articles: delete what stands far from the table")
        tail = text[-300:]
    return size


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
