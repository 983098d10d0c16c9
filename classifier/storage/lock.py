"""One run at a time: a lock that ends with its process, however the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from classifier.errors import Error


@contextmanager
def lock_folder(folder: Path, work: str) -> Iterator[None]:
    """Make a folder, and hold it until the block is left. The folder may be renamed or removed meanwhile.

    Raises
    ------
    Error
        Another process holds it; the message says that `work` is going on.
    """
    file = _lock(folder)
    if file is None:
        raise Error(f"another run is {work}: wait for its end, or name another output")
    with file:
        yield


def _lock(folder: Path) -> IO[bytes] | None:
    """Return the open and locked file of a folder; None if another process has locked it."""
    while True:
        folder.mkdir(exist_ok=True)
        path = folder / ".lock"
        try:
            file = path.open("ab")
        except FileNotFoundError:  # another run has just ended and removed the folder
            continue
        if not _try_lock(file):
            file.close()
            return None
        if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
            return file
        file.close()  # it was locked by a run that has just removed it


def _try_lock(file: IO[bytes]) -> bool:
    if sys.platform == "win32":  # an open file cannot be removed there: a second run fails by itself
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
