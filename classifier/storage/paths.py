"""What may be written where: asked before any work is done."""

import os
import re
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from classifier.errors import UsageError

_OPEN_FILE = re.compile(r"/(?:dev|proc/self)/(?:fd/(\d+)|(stdin|stdout|stderr))")
_MAX_NAME = 220  # bytes; 255 is the limit of most disks, and temporary names are longer than the file's


def is_stream(path: Path) -> bool:
    """Whether a path is a device, pipe or open file, which takes bytes but cannot be replaced."""
    return open_number(path) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def open_number(path: Path) -> int | None:
    """Return the number of the open file that a path stands for, as ``/dev/stdout`` does; None for other paths."""
    number = _OPEN_FILE.fullmatch(str(path))
    if number is None:
        return None
    return {"stdin": 0, "stdout": 1, "stderr": 2}[number[2]] if number[2] else int(number[1])


def check_writable(path: Path) -> None:
    """Refuse a file that certainly cannot be written, before any work is done.

    Raises
    ------
    UsageError
        It is a folder, its folder does not exist, or its name is too long.
    """
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it")
    if len(os.fsencode(path.name)) > _MAX_NAME:
        raise UsageError(f"cannot write {path}: its name has more than {_MAX_NAME} bytes; choose a shorter one")
    try:
        parent = path.resolve().parent
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot write {path}: it is a link that leads back to itself") from error
    if not parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {parent if path.is_symlink() else path.parent}")


def check_output(path: Path, inputs: Iterable[Path | int], is_ours: Callable[[Path], bool], *, force: bool) -> None:
    """Refuse a file that must not be written, before any work is done.

    Parameters
    ----------
    path
        The file to write.
    inputs
        As in `check_not_read`.
    is_ours
        Whether an existing file is an earlier output of the same kind, which may be replaced.
    force
        Replace any file that is not read.

    Raises
    ------
    UsageError
        It cannot be written, it is read, or it exists and is neither empty nor ours.
    """
    check_writable(path)
    check_not_read(path, inputs)
    if force or is_stream(path):
        return
    if path.is_file() and path.stat().st_size and not is_ours(path):
        raise UsageError(
            f"{path} exists, and news-topics did not write it: name another file, or replace it with --force"
        )


def check_not_read(output: Path | int, inputs: Iterable[Path | int]) -> None:
    """Refuse an output that is one of the inputs, under whatever name, or lies in one: a `UsageError`.

    Parameters
    ----------
    output
        A path, or the number of an open file, such as 1 for standard output.
    inputs
        Files and folders that are read, or numbers of open files.
    """
    shown = output if isinstance(output, Path) else "the output"
    for source in inputs:
        folder = source if isinstance(source, Path) and source.is_dir() else None
        if folder and isinstance(output, Path) and output.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{output} lies in {folder}, which is read: name a file elsewhere")
        if _is_regular(output) and any(
            _is_same_file(output, file) for file in (folder.rglob("*") if folder else [source])
        ):
            raise UsageError(f"{shown} is one of the files that are read, and writing destroys it: name another file")


def _is_regular(file: Path | int) -> bool:
    try:
        return stat.S_ISREG(os.stat(file).st_mode)  # noqa: PTH116  (an open file has no Path)
    except OSError:  # it does not exist
        return False


def _is_same_file(one: Path | int, other: Path | int) -> bool:
    try:
        return os.path.samestat(os.stat(one), os.stat(other))  # noqa: PTH116
    except OSError:
        return False


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
    """Return size and times of change, which tell whether a file is still the same.

    A program may set the time of modification back, as ``cp -p`` and ``touch -r`` do; no program can set the other.
    """
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]
