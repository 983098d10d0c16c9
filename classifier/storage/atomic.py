"""Files that appear complete or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from classifier.errors import Error, UsageError
from classifier.storage.paths import check_writable, is_stream


@contextmanager
def atomic_write(path: Path, *, binary: bool = False, folder: Path | None = None) -> Iterator[IO[Any]]:
    """Open a temporary file; it is renamed to `path` on success and removed on failure.

    A link stays a link: the file at its end is replaced. A device or pipe is written to as it is.

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
        with _advice(path, Error), path.open(**mode) as stream:  # type: ignore[call-overload]
            yield stream
        return
    target = path.resolve()
    with _advice(path, UsageError):
        temporary = {"dir": folder or target.parent, "prefix": f".{target.name}.", "delete": False}
        file = NamedTemporaryFile(**temporary, **mode)  # type: ignore[call-overload]  # noqa: SIM115
    try:
        with _advice(path, Error), file:
            yield file
        with _advice(path, Error):
            Path(file.name).chmod(0o666 & ~_umask())  # temporary files are private, results are not
            Path(file.name).replace(target)
    finally:
        Path(file.name).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _advice(path: Path, kind: type[Error]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise kind(f"cannot write {path}: {error.strerror or error}") from error
