"""Folders to the files in them that can be read."""

import os
import warnings
from collections import Counter
from pathlib import Path

from classifier.data.articles import STDIN, Notice
from classifier.data.readers import READERS
from classifier.data.unpacking import ARCHIVE, PACKINGS, ending
from classifier.errors import UsageError

READABLE = f"{' '.join(READERS)}, also packed as {' '.join(PACKINGS)} or in a {ARCHIVE}"


def expand(path: Path, *, strict: bool = False) -> list[Path]:
    """Return the path itself, or the readable files of a folder and its subfolders, sorted by name.

    A `Notice` tells what else is in a folder, or with `strict` a `UsageError`; hidden files and folders do not count.
    """
    try:
        if path.is_dir():
            files, others = _walk(path)
            tell_others(f"folder {path}", len(files), others, strict=strict)
            return files
        if path != Path(STDIN) and not path.exists():
            raise UsageError(f"{path} does not exist")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return [path]  # perhaps a pipe, as in <(zcat news.jsonl.gz)


def is_readable(path: Path) -> bool:
    """Whether the name of a file ends in a format that is read, packed or not."""
    return ending(path).format in READERS or path.suffix.lower() == ARCHIVE


def tell_others(where: str, found: int, others: Counter[str], *, strict: bool) -> None:
    """Tell what else is in a folder or an archive of so many readable files.

    Raises
    ------
    UsageError
        No file is readable, or others are there and `strict` is set.
    """
    if not found:
        raise UsageError(f"{where} has no articles: none of its files ends in {READABLE}")
    if others:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in others.most_common())
        if strict:
            raise UsageError(
                f"{where} holds other files: {kinds}; readable are {READABLE}; without --strict they are left out"
            )
        warnings.warn(f"left out in {where}: {kinds}; readable are {READABLE}", Notice, stacklevel=3)


def _walk(folder: Path) -> tuple[list[Path], Counter[str]]:
    """Return the readable files of a folder, sorted, and the number of other files of each kind."""
    files: list[Path] = []
    others = Counter[str]()

    def unreadable(error: OSError) -> None:
        others[f"unreadable folder {error.filename}"] += 1

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        others["link to a folder"] += sum((Path(parent) / name).is_symlink() for name in folders)
        for path in (Path(parent) / name for name in names if not name.startswith(".")):
            if is_readable(path) and path.is_file():
                files.append(path)
            else:
                others["".join(ending(path)) or "file without an ending"] += 1
    return sorted(files), +others
