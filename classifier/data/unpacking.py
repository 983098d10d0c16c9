"""Packed files, ``news.csv.gz`` and ``news.jsonl.zst``, and archives of files, ``news.zip``."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

from classifier.data.readers import SEEKING
from classifier.data.readers.source import HEAD, plain
from classifier.errors import Error, UsageError

PACKINGS = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}  # with how their files start
ARCHIVE = ".zip"
_ARCHIVES = {ARCHIVE, ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", *PACKINGS}
# News shrinks to a fifth or a tenth; of what shrinks to less than a hundredth, only so much is unpacked.
_MAX_RATIO, _ALWAYS = 100, 200_000_000  # times, bytes
MAX_COPY = 4_000_000_000  # bytes that are unpacked to a temporary file
_DAMAGED = (OSError, EOFError, zlib.error, BadZipFile, NotImplementedError, RuntimeError)


class Ending(NamedTuple):
    """What the name of a file ends in: the format of its content, and how that is packed, if it is."""

    format: str
    packing: str = ""


class Member(NamedTuple):
    """A file, perhaps of an archive: its name in messages, its format, and what opens it for the reader of a format."""

    name: str
    format: str
    open: "Callable[[str], io.BufferedReader[Any]]"


class Budget:
    """How many bytes may come out of a packed file, whatever it holds.

    Parameters
    ----------
    name
        What the file is called in messages.
    size
        Its bytes; None: not known, as of a pipe.
    """

    def __init__(self, name: str, size: int | None) -> None:
        self._name = name
        self._left = None if size is None else _ALWAYS + _MAX_RATIO * size

    def spend(self, count: int) -> None:
        """Count some bytes: an `Error` if they are too many."""
        if self._left is None:
            return
        self._left -= count
        if self._left < 0:
            raise Error(f"{self._name} unpacks to over {_MAX_RATIO} times its size, as no news does: unpack it first")


def ending(path: Path | PurePosixPath) -> Ending:
    """Return what a name ends in.

    >>> ending(Path("2024.csv.gz")), ending(Path("2024.CSV")), ending(Path("notes"))
    (Ending(format='.csv', packing='.gz'), Ending(format='.csv', packing=''), Ending(format='', packing=''))
    """
    last = path.suffix.lower()
    return Ending(Path(path.stem).suffix.lower(), last) if last in PACKINGS else Ending(last)


def packing_of(start: bytes) -> str:
    """Return how something is packed, from its first bytes; an empty string if it is not."""
    return next((packing for packing, mark in PACKINGS.items() if start.startswith(mark)), "")


def unpack(packed: Any, packing: str, name: str, budget: Budget) -> "io.BufferedReader[Any]":
    """Return the content of a packed file, which is unpacked as it is read."""
    stream = _buffered(_content(packed, packing), name, budget, packed)
    try:
        if packing_of(stream.peek(4)):
            raise UsageError(f"{name} is packed twice: unpack it once")
    except Error:
        stream.close()
        raise
    return stream


def _content(packed: Any, packing: str) -> Any:
    if packing == ".gz":
        return gzip.GzipFile(fileobj=packed)
    import pyarrow as pa  # 0.1 s

    return pa.CompressedInputStream(packed, "zstd")


def for_reader(stream: "io.BufferedReader[Any]", name: str, format: str) -> "io.BufferedReader[Any]":
    """Return a stream as the reader of a format needs it: in a temporary file, if it is read from several places."""
    if format not in SEEKING or stream.seekable():
        return stream
    with stream, ExitStack() as closing:
        copy: Any = closing.enter_context(TemporaryFile(buffering=0))
        while piece := stream.read(HEAD):
            copy.write(piece)
            if copy.tell() > MAX_COPY:
                raise Error(f"{name} has more than {MAX_COPY:,} bytes unpacked: unpack it first")
        copy.seek(0)
        closing.pop_all()
        return io.BufferedReader(copy, HEAD)


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[list[Member]]:
    """Open a ``.zip`` and list its files, sorted by name; hidden ones do not count.

    Raises
    ------
    UsageError
        It holds other archives or packed files, or has a password.
    Error
        It is damaged.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise Error(f"cannot read {name}: {error.strerror or error}") from error
        with _advice(name):
            # Names without a mark come from Windows with Russian settings. No name is taken for a place on the disk.
            archive = stack.enter_context(ZipFile(file, metadata_encoding="cp866"))
        found = sorted(filter(_is_visible, archive.infolist()), key=lambda member: member.filename)
        for member in found:
            _check_member(member, name)
        budget = Budget(name, path.stat().st_size)
        yield [_member(archive, member, name, budget) for member in found]


def _is_visible(member: ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return not member.is_dir() and not any(
        part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts
    )


def _check_member(member: ZipInfo, name: str) -> None:
    """Refuse what cannot be read out of an archive."""
    if member.flag_bits & 1:
        raise UsageError(f"{name} has a password: unpack it first")
    if PurePosixPath(member.filename).suffix.lower() in _ARCHIVES:
        raise UsageError(f"{name} holds another archive, {member.filename}: unpack it first")


def _member(archive: ZipFile, member: ZipInfo, name: str, budget: Budget) -> Member:
    shown = f"{name}/{plain(member.filename)}"

    def open_member(format: str) -> "io.BufferedReader[Any]":
        with _advice(shown):
            content = archive.open(member)
        return for_reader(_buffered(content, shown, budget), shown, format)

    return Member(shown, ending(PurePosixPath(member.filename)).format, open_member)


class _Unpacking(io.RawIOBase):
    """The content of a packed file, counted, whose errors give advice."""

    def __init__(self, content: Any, name: str, budget: Budget, *files: Any) -> None:
        self._content, self._name, self._budget, self._files = content, name, budget, (content, *files)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _advice(self._name):
            piece = self._content.read(len(buffer))
        self._budget.spend(len(piece))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()


def _buffered(content: Any, name: str, budget: Budget, *files: Any) -> "io.BufferedReader[Any]":
    """Return the content as a stream; `files` are closed with it."""
    return io.BufferedReader(_Unpacking(content, name, budget, *files), HEAD)


@contextmanager
def _advice(name: str) -> Iterator[None]:
    """Turn what is raised about packed files into an `Error`."""
    try:
        yield
    except _DAMAGED as error:
        raise Error(f"{name} is damaged, or packed in an unknown way: {error}") from error
