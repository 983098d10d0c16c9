"""Files that come back from readers, of whatever tool: recognized by what is in them."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from classifier.annotation.returned.json_lines import read_json_lines
from classifier.annotation.returned.label_studio import read_label_studio
from classifier.annotation.returned.row import Row
from classifier.annotation.returned.sheets import read_csv, read_xlsx
from classifier.data.readers.workbook import PROTECTED
from classifier.errors import Error, UsageError

_HEAD = 4096  # bytes
_JSON: dict[bytes, Callable[[Path], Iterator[Row]]] = {b"[": read_label_studio, b"{": read_json_lines}


def read_returned(path: Path) -> Iterator[Row]:
    """Yield what a file says about its articles.

    Raises
    ------
    UsageError
        There is no such file, or it is none that comes back from readers.
    Error
        It is damaged.
    """
    try:
        if not path.is_file():
            raise UsageError(f"{path} {'is not a file' if path.exists() else 'does not exist'}: name files of readers")
        with path.open("rb") as file:
            head = file.read(_HEAD)
        yield from _reader(path, head)(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error


def _reader(path: Path, head: bytes) -> Callable[[Path], Iterator[Row]]:
    """Return what reads a file that starts like this."""
    if head.startswith(PROTECTED):
        raise UsageError(f"{path} is an old Excel file or has a password: save it as .xlsx without one")
    if head.startswith(b"PK"):
        return _packed(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return _JSON.get(text[:1], read_csv) if text else _nothing


def _packed(path: Path) -> Callable[[Path], Iterator[Row]]:
    try:
        with zipfile.ZipFile(path) as archive:
            is_excel = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Error(f"{path} is damaged ({error}): copy or save it again") from error
    if not is_excel:
        raise UsageError(f"{path} is a zip archive: unpack it, and name the files in it")
    return read_xlsx


def _nothing(path: Path) -> Iterator[Row]:
    """Yield nothing: doccano exports an empty file for a reader who has read nothing."""
    yield from ()
