"""Files that appear complete or not at all."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from classifier.errors import Error, UsageError
from classifier.storage.paths import check_writable, is_stream, open_number

TEMPORARY = ".news-topics"  # how the names of temporary files end


@contextmanager
def atomic_write(path: Path, *, binary: bool = False, folder: Path | None = None) -> Iterator[IO[Any]]:
    """Open a temporary file; it is renamed to `path` on success and removed on failure.

    A link stays a link: the file at its end is replaced. A device, pipe or open file (``/dev/stdout``) is written to.

    Parameters
    ----------
    path
        The file to write.
    binary
        Open it for bytes, instead of for text in UTF-8.
    folder
        Where the temporary file is made, on the same disk; None: beside the file.

    Raises
    ------
    UsageError
        The file cannot be created there.
    Error
        Writing failed.
    """
    # UTF-8 has no lone surrogates, which a copied column may contain: they become question marks.
    mode = {"mode": "wb"} if binary else {"mode": "w", "encoding": "utf-8", "errors": "replace", "newline": ""}
    check_writable(path)
    if is_stream(path):
        with _advice(path, Error), _open_stream(path, mode) as stream:
            yield stream
        return
    target = path.resolve()
    with _advice(path, UsageError):
        temporary = {"dir": folder or target.parent, "prefix": f".{target.name}.", "suffix": TEMPORARY, "delete": False}
        file = NamedTemporaryFile(**temporary, **mode)  # type: ignore[call-overload]  # noqa: SIM115
    try:
        with _advice(path, Error), file:
            yield file
        with _advice(path, Error):
            Path(file.name).chmod(_mode(target))
            Path(file.name).replace(target)
    finally:
        Path(file.name).unlink(missing_ok=True)


def _open_stream(path: Path, mode: dict[str, str]) -> IO[Any]:
    number = open_number(path)  # opened anew by its path, an open file would be written from its start
    return path.open(**mode) if number is None else os.fdopen(os.dup(number), **mode)  # type: ignore[call-overload, no-any-return]


def _mode(target: Path) -> int:
    """Return the permissions of a file: temporary files are private, results are what they were, or what is usual."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def _advice(path: Path, kind: type[Error]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise kind(f"cannot write {path}: {error.strerror or error}") from error
