"""One run at a time: a lock that ends with its process, however the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from classifier.errors import Error
from classifier.storage.paths import make_folder

_NAME = ".news-topics.lock"


@contextmanager
def lock_folder(folder: Path, work: str) -> Iterator[None]:
    """Make a folder with its parents, and hold it until the block is left; it may be renamed or removed meanwhile.

    If it is new and stays empty, it is removed.

    Raises
    ------
    Error
        Another process holds it; the message says that `work` is going on.
    """
    is_new = not folder.exists()
    file = _lock(folder)
    if file is None:
        raise Error(f"another run is {work}: wait for its end, or name another output")
    with file:
        try:
            yield
        finally:
            if _is_at(file, folder / _NAME):
                (folder / _NAME).unlink()
            if is_new:
                with suppress(OSError):  # it is not empty, or not there
                    folder.rmdir()


def _lock(folder: Path) -> IO[bytes] | None:
    """Return the open and locked file of a folder; None if another process has locked it."""
    while True:
        make_folder(folder)
        try:
            file = (folder / _NAME).open("ab")
        except FileNotFoundError:  # another run has just ended and removed the folder
            continue
        if not _try_lock(file):
            file.close()
            return None
        if _is_at(file, folder / _NAME):
            return file
        file.close()  # it was locked by a run that has just removed it


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether an open file is still the one at a path."""
    return path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno()))


def _try_lock(file: IO[bytes]) -> bool:
    if sys.platform == "win32":  # an open file cannot be removed there: a second run fails by itself
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
