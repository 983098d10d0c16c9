"""An output file that survives an interruption: written in parts, each complete or absent, and joined at the end."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from classifier.data.answers import OutputOptions, TaggedBatch, Write
from classifier.data.articles import BATCH
from classifier.data.writers import open_writer, output_format
from classifier.data.writers.parquet import write_parquet
from classifier.errors import UsageError
from classifier.storage.atomic import atomic_write, check_writable

PART = 20  # batches in a part: a few seconds of work


class ResumableOutput:
    """An output file, and the parts of it that are complete, in a hidden folder beside it until they are joined.

    Parameters
    ----------
    target
        The file to write.
    options
        What to write about each article, and in which format.
    classes
        Topic ids of the model.
    run
        What the answers depend on besides `options`: input, model. Only an equal run can be resumed.
    resume
        Continue an interrupted run, if there is one.

    Raises
    ------
    UsageError
        There is an interrupted run, and it is not to be resumed, or it was a different one.
    """

    def __init__(
        self, target: Path, options: OutputOptions, classes: Sequence[str], run: dict[str, Any], *, resume: bool
    ) -> None:
        check_writable(target)
        options.check_topics(classes)
        self.target = target
        self.options = replace(options, format=output_format(target, options.format))
        self.classes = classes
        self.folder = target.parent / f".{target.name}.parts"
        settings = {**run, "options": asdict(self.options), "batches": PART}
        self._run = json.loads(json.dumps(settings, default=str))
        if self.parts() and not resume:
            raise UsageError(
                f"a run into {target} was interrupted: add --resume to continue it, "
                f"or delete {self.folder} to start again"
            )
        self._prepare()

    def parts(self) -> list[Path]:
        """Return the complete parts in order."""
        return sorted(self.folder.glob("[0-9]*"))

    @property
    def done(self) -> int:
        """Number of articles whose answers are complete."""
        return len(self.parts()) * PART * BATCH

    def _prepare(self) -> None:
        """Make a folder that contains nothing but complete parts of this run."""
        note = self.folder / "run.json"
        if self.parts() and (not note.exists() or json.loads(note.read_text(encoding="utf-8")) != self._run):
            raise UsageError(
                f"the interrupted run into {self.target} had other input, options or another model: "
                f"delete {self.folder} to start again"
            )
        self.folder.mkdir(exist_ok=True)
        for rest in self.folder.glob(".*"):  # of a part that was being written
            rest.unlink()
        with atomic_write(note) as file:
            json.dump(self._run, file, ensure_ascii=False)

    @contextmanager
    def writing(self) -> Iterator[Write]:
        """Open a function that writes a batch; at the end the file appears and the parts are removed.

        If something fails, the complete parts stay. Each batch but the last must have `BATCH` articles.
        """
        try:
            with ExitStack() as stack:
                current: list[Write] = []
                batches = 0

                def write(batch: TaggedBatch) -> None:
                    nonlocal batches
                    if batches == PART:
                        stack.close()
                        current.clear()
                        batches = 0
                    if not current:
                        current.append(stack.enter_context(self._open_part()))
                    current[0](batch)
                    batches += 1

                yield write
                if not current and not self.parts():
                    stack.enter_context(self._open_part())
            self._join()
        finally:
            if not self.parts():
                shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _open_part(self) -> Iterator[Write]:
        """Open the next part; in Parquet it gets the columns of the first."""
        parts = self.parts()
        path = self.folder / f"{len(parts):06}"
        if self.options.format != "parquet" or not parts:
            with open_writer(path, self.options, self.classes) as write:
                yield write
            return
        from pyarrow.parquet import read_schema

        schema = read_schema(parts[0])
        with (
            atomic_write(path, binary=True) as file,
            write_parquet(file, self.options, self.classes, schema) as write,
        ):
            yield write

    def _join(self) -> None:
        parts = self.parts()
        if len(parts) == 1:
            parts[0].replace(self.target)
        else:
            with atomic_write(self.target, binary=True) as file:
                _JOINERS[str(self.options.format)](parts, file)
        shutil.rmtree(self.folder)


def _join_lines(parts: list[Path], file: IO[bytes], *, header: bool = False) -> None:
    """Concatenate text files; with `header`, the first line of all but the first file is dropped."""
    for number, part in enumerate(parts):
        with part.open("rb") as source:
            if header and number:
                source.readline()
            shutil.copyfileobj(source, file)


def _join_parquet(parts: list[Path], file: IO[bytes]) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, pq.read_schema(parts[0])) as target:
        for part in parts:
            target.write_table(pq.read_table(part))


_JOINERS: dict[str, Callable[[list[Path], IO[bytes]], None]] = {
    "jsonl": _join_lines,
    "table": _join_lines,
    "csv": partial(_join_lines, header=True),
    "parquet": _join_parquet,
}
