"""An output file that survives an interruption: written in parts, each complete or absent, and joined at the end.

The name of a part says which articles it answers, how many of them were not judged, and a checksum of all articles up
to its end: ``000000020000-000000040000-3-1a2b3c4d``. So the parts themselves tell whether one is missing, and whether
the input is still the same. The end is one step: the joined file gets its name before the first part is removed.
"""

import json
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from classifier.data.answers import OutputOptions, TaggedBatch, Write
from classifier.data.articles import BATCH, Article, batched
from classifier.data.joining import join_parts
from classifier.data.recognition import is_answer
from classifier.data.writers import complete_options, open_writer, output_format
from classifier.data.writers.parquet import write_parquet
from classifier.errors import UsageError
from classifier.storage.atomic import TEMPORARY, atomic_write
from classifier.storage.lock import lock_folder
from classifier.storage.paths import check_output

PART = 20  # batches in a part: a few seconds of work
_RUN, _NEW = "run.json", ".new"
_NAME = re.compile(r"(\d{12})-(\d{12})-(\d+)-([0-9a-f]{8})")


class Part(NamedTuple):
    """Answers to the articles from `start` to `stop`, and what else its name says."""

    path: Path
    start: int
    stop: int
    unjudged: int
    checksum: int


def can_resume(target: Path, format: str | None) -> bool:
    """Whether an output can be written in parts: all but a workbook, whose parts cannot be joined."""
    return output_format(target, format) != "xlsx"


@contextmanager
def resumable_output(
    target: Path,
    options: OutputOptions,
    classes: Sequence[str],
    run: dict[str, Any],
    *,
    resume: bool = False,
    restart: bool = False,
) -> Iterator["ResumableOutput"]:
    """Open an output file; at the end of the block it appears, and if the block fails its complete parts stay.

    Parameters
    ----------
    target
        The file to write. The parts are in a hidden folder beside it until they are joined.
    options
        What to write about each article, and in which format.
    classes
        Topic ids of the model.
    run
        What the answers depend on besides articles and `options`, such as the model. A run is resumed only if
        these are the same.
    resume
        Continue an interrupted run, if there is one.
    restart
        Drop the answers of an interrupted run, if there is one.

    Raises
    ------
    UsageError
        There is an interrupted run which is not to be resumed, was a different one, or has lost a part.
    Error
        Another process is writing this file.
    """
    options = complete_options(target, options, classes)
    target = target.resolve()
    folder = target.parent / f".{target.name}.parts"
    settings = json.loads(json.dumps({**run, "options": asdict(options), "batches": PART}, default=str))
    with lock_folder(folder, f"writing {target}"), ExitStack() as stack:
        stack.callback(_remove_empty, folder)
        if restart:
            _clear(folder)
        _check_run(folder, target, settings, resume=resume)
        output = ResumableOutput(target, folder, options, classes)
        with output.part:
            try:
                yield output
            except BaseException:
                output.save()
                raise
            output.complete_part()
        check_output(target, [], is_answer, force=restart)  # it may have been made meanwhile
        output.join()


class ResumableOutput:
    """An output file that is being written, and the parts of it that are complete.

    Attributes
    ----------
    folder
        Where the parts are.
    parts
        The complete parts, in order.
    part
        The part that is being written.
    """

    def __init__(self, target: Path, folder: Path, options: OutputOptions, classes: Sequence[str]) -> None:
        self.folder = folder
        self.parts = list_parts(folder)
        self.part = ExitStack()
        self._target, self._options, self._classes = target, options, classes
        self._write: Write | None = None
        self._count, self._unjudged, self._is_whole = self.done, 0, True
        self._checksum = self.parts[-1].checksum if self.parts else 0

    @property
    def done(self) -> int:
        """Number of articles whose answers are complete."""
        return self.parts[-1].stop if self.parts else 0

    @property
    def unjudged(self) -> int:
        """How many of them could not be judged."""
        return sum(part.unjudged for part in self.parts)

    def pending(self, articles: Iterable[Article]) -> Iterator[Article]:
        """Return the articles without an answer yet.

        Raises
        ------
        UsageError
            Those with an answer are no longer the articles that were answered.
        """
        articles = iter(articles)
        count = checksum = 0
        for batch in batched(islice(articles, self.done)):
            count += len(batch)
            checksum = _checksum(batch, checksum)
        if (count, checksum) != (self.done, self._checksum):
            raise UsageError(
                f"the input is not that of the interrupted run, which answered {self.done:,} articles: "
                "start again with --force, or name another output"
            )
        return articles

    def write(self, batch: TaggedBatch) -> None:
        """Write a batch."""
        if self._count - self.done >= PART * BATCH:
            self.complete_part()
        if self._write is None:
            self._write = self.part.enter_context(self._open_part())
        self._is_whole = False
        self._write(batch)
        self._count += len(batch)
        self._unjudged += batch.unjudged
        self._checksum = _checksum(batch.articles, self._checksum)
        self._is_whole = True

    def save(self) -> None:
        """Complete the part that is being written, after an interruption, unless its last batch is not whole."""
        if self._write is not None and self._is_whole:
            with suppress(FileNotFoundError):  # the interruption came while the part was being completed
                self.complete_part()

    def complete_part(self) -> None:
        """Complete the part that is being written; an output without articles is one empty part."""
        if self._write is None and self.parts:
            return
        if self._write is None:
            self.part.enter_context(self._open_part())
        self.part.close()
        name = f"{self.done:012}-{self._count:012}-{self._unjudged}-{self._checksum:08x}"
        path = (self.folder / _NEW).replace(self.folder / name)
        self.parts.append(Part(path, self.done, self._count, self._unjudged, self._checksum))
        self._write, self._unjudged = None, 0

    def _open_part(self) -> AbstractContextManager[Write]:
        """Open the next part; in Parquet it gets the columns of the first."""
        path = self.folder / _NEW
        if self._options.format == "parquet" and self.parts:
            return _open_parquet(path, self._options, self._classes, like=self.parts[0].path)
        return open_writer(path, self._options, self._classes)

    def join(self) -> None:
        """Give the complete answers the name of the output, in one step, and then remove the parts."""
        if len(self.parts) == 1:
            self.parts[0].path.replace(self._target)
        else:
            with atomic_write(self._target, binary=True, folder=self.folder) as file:
                join_parts([part.path for part in self.parts], file, str(self._options.format), PART * BATCH)
        _remove(self.folder)


def list_parts(folder: Path) -> list[Part]:
    """Return the complete parts in order: a `UsageError` if one is missing."""
    parts: list[Part] = []
    for path in sorted(folder.glob("[0-9]*")):
        name = _NAME.fullmatch(path.name)
        if name is None or int(name[1]) != (parts[-1].stop if parts else 0):
            raise UsageError(f"{folder} lacks answers before {path.name}: start again with --force")
        parts.append(Part(path, int(name[1]), int(name[2]), int(name[3]), int(name[4], 16)))
    return parts


def _check_run(folder: Path, target: Path, settings: Any, *, resume: bool) -> None:
    """Note what is run; refuse to go on if there are parts of a run that is not to be resumed, or of another one."""
    note = folder / _RUN
    parts = list_parts(folder)
    if parts and not resume:
        raise UsageError(f"a run into {target} was interrupted: continue it with --resume, or start again with --force")
    if parts and _read_json(note) != settings:
        raise UsageError(
            f"the interrupted run into {target} had other options or another model: start again with --force"
        )
    for rest in folder.glob(".*"):  # of a part that was being written
        if rest.name == _NEW or rest.name.endswith(TEMPORARY):
            rest.unlink()
    with atomic_write(note) as file:
        json.dump(settings, file, ensure_ascii=False)


def _read_json(file: Path) -> Any:
    """Return what a file says; None if it is damaged."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _checksum(articles: Sequence[Article], before: int) -> int:
    """Return the checksum of all articles so far: a CRC of ids, texts and kept columns, at 3 µs an article."""
    for article in articles:  # one by one: a copy of a whole batch leaves the cache of the processor
        cells = "\0".join([article.id, article.text, *map(repr, article.row.values()), ""])
        before = zlib.crc32(cells.encode("utf-16-le", "surrogatepass"), before)
    return before


def _clear(folder: Path) -> None:
    for path in folder.glob("[0-9]*"):
        path.unlink()


def _remove_empty(folder: Path) -> None:
    """Remove the folder if it has no part, or the output is complete."""
    if not any(folder.glob("[0-9]*")):
        _remove(folder)


def _remove(folder: Path) -> None:
    """Remove the folder. It loses its name first, so that a run killed meanwhile leaves nothing to resume."""
    removed = folder.with_name(f"{folder.name}.removed")
    shutil.rmtree(removed, ignore_errors=True)
    if folder.exists():
        folder.rename(removed)
        shutil.rmtree(removed, ignore_errors=True)


@contextmanager
def _open_parquet(path: Path, options: OutputOptions, classes: Sequence[str], like: Path) -> Iterator[Write]:
    from pyarrow.parquet import read_schema

    schema = read_schema(like)
    with atomic_write(path, binary=True) as file, write_parquet(file, options, classes, schema) as write:
        yield write
