"""Files that appear complete or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from classifier.errors import Error, UsageError


@contextmanager
def atomic_write(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """Open a temporary file in the same folder; it is renamed to `path` on success and removed on failure.

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
    with _advice(path, UsageError):
        file = NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False, **mode)  # type: ignore[call-overload]  # noqa: SIM115
    try:
        with _advice(path, Error), file:
            yield file
        with _advice(path, Error):
            Path(file.name).chmod(0o666 & ~_umask())  # temporary files are private, results are not
            Path(file.name).replace(path)
    finally:
        Path(file.name).unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Refuse a file that certainly cannot be written, before any work is done.

    Raises
    ------
    UsageError
        It is a folder, a device or a pipe, or its folder does not exist.
    """
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it")
    if path.exists() and not path.is_file():
        raise UsageError(f"cannot write {path}: it is a device or pipe, which a finished file would replace")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}")


def check_folder(path: Path) -> None:
    """Refuse a folder that cannot be created or written into, before any work is done.

    Raises
    ------
    UsageError
        It is a file, or permission is missing.
    """
    existing = next(parent for parent in [path, *path.absolute().parents] if parent.exists())
    if not existing.is_dir():
        raise UsageError(f"{existing} is a file: name a folder")
    if not os.access(existing, os.W_OK):
        raise UsageError(f"cannot write into {existing}: permission denied")


def make_folder(path: Path) -> None:
    """Create a folder and its parents where they are missing: a `UsageError` if that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot create folder {path}: {error.strerror}") from error


def fingerprint(path: Path) -> list[int]:
    """Return size and time of change, which tell whether a file is still the same."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


@contextmanager
def _advice(path: Path, kind: type[Error]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise kind(f"cannot write {path}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
