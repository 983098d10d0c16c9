"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from classifier.errors import Error, UsageError


@contextmanager
def beside(path: Path, *, binary: bool = False) -> Iterator[IO[Any]]:
    """A temporary file in the same folder that takes the name `path` when all went well, and is removed otherwise."""
    # What UTF-8 cannot hold, lone surrogates deep in a copied column, becomes a question mark.
    mode = {"mode": "wb"} if binary else {"mode": "w", "encoding": "utf-8", "errors": "replace", "newline": ""}
    check_writable(path)
    with _advice(path, UsageError):
        file = NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False, **mode)  # type: ignore[call-overload]  # noqa: SIM115
    try:
        with _advice(path, Error), file:
            yield file
        with _advice(path, Error):
            Path(file.name).chmod(0o666 & ~_umask())  # temporary files are private; results are not
            Path(file.name).replace(path)
    finally:
        Path(file.name).unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Refuse, before any work is done, a file that cannot be written for sure.

    Raises
    ------
    UsageError
        It is a folder, or its folder is missing.
    """
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}")


def check_folder(path: Path) -> None:
    """Refuse, before any work is done, a folder that cannot be made or written into.

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
