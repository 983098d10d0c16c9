"""Output that survives an interruption: written in parts, each whole or absent, and joined at the end."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from classifier.articles import BATCH
from classifier.errors import UsageError
from classifier.files import beside, check_writable
from classifier.output import Style, Write, ending, writer

if TYPE_CHECKING:
    from classifier.tagging import Tagged

BATCHES = 20  # in a part: some seconds of work


class Parts:
    """The parts of one output file, in a hidden folder beside it until they are joined.

    Parameters
    ----------
    target
        The file that is to appear.
    format, style
        As of `output.writer`.
    run
        What the answers depend on: input, model, options. Only an equal run may be resumed.
    resume
        Go on where an interrupted run has stopped, if there is one.

    Raises
    ------
    UsageError
        There is an interrupted run, and it is not to be resumed, or was another one.
    """

    def __init__(self, target: Path, format: str | None, style: Style, run: dict[str, Any], *, resume: bool) -> None:
        check_writable(target)
        self.target = target
        self.format = ending(target, format)
        self.style = style
        self.run = json.loads(json.dumps({**run, "format": self.format, "batches": BATCHES}, default=str))
        self.folder = target.parent / f".{target.name}.parts"
        if self.finished() and not resume:
            raise UsageError(
                f"a run into {target} was interrupted: add --resume to go on with it, "
                f"or delete {self.folder} to start anew"
            )
        self._prepare()

    def finished(self) -> list[Path]:
        """The parts that are whole, in their order."""
        return sorted(self.folder.glob("[0-9]*"))

    @property
    def done(self) -> int:
        """Articles whose answers are safe."""
        return len(self.finished()) * BATCHES * BATCH

    def _prepare(self) -> None:
        """A folder with nothing in it but whole parts of the same run."""
        note = self.folder / "run.json"
        if self.finished() and (not note.exists() or json.loads(note.read_text(encoding="utf-8")) != self.run):
            raise UsageError(
                f"the interrupted run into {self.target} had other input, options or another model: "
                f"delete {self.folder} to start anew"
            )
        self.folder.mkdir(exist_ok=True)
        for rest in self.folder.glob(".*"):  # of a part that was being written
            rest.unlink()
        with beside(note) as file:
            json.dump(self.run, file, ensure_ascii=False)

    @contextmanager
    def writing(self) -> Iterator[Write]:
        """A function that writes a batch; when all are written, the file appears and the parts are gone.

        When something goes wrong the whole parts stay, if there are any. Each batch but the last has `BATCH` articles.
        """
        try:
            with ExitStack() as stack:
                current: list[Write] = []
                since = 0

                def write(batch: "list[Tagged]") -> None:
                    nonlocal since
                    if since == BATCHES:
                        stack.close()
                        current.clear()
                        since = 0
                    if not current:
                        current.append(stack.enter_context(self._part()))
                    current[0](batch)
                    since += 1

                yield write
                if not current and not self.finished():
                    stack.enter_context(self._part())
            self._join()
        finally:
            if not self.finished():
                shutil.rmtree(self.folder, ignore_errors=True)

    def _part(self) -> Any:
        """The writer of the next part; of Parquet with the columns of the first."""
        parts = self.finished()
        like = _columns(parts[0]) if parts and self.format == "parquet" else None
        return writer(self.folder / f"{len(parts):06}", self.format, self.style, like)

    def _join(self) -> None:
        parts = self.finished()
        if len(parts) == 1:
            parts[0].replace(self.target)
        else:
            with beside(self.target, binary=True) as file:
                _JOINERS[self.format](parts, file)
        shutil.rmtree(self.folder)


def _lines(parts: list[Path], file: IO[bytes]) -> None:
    for part in parts:
        with part.open("rb") as source:
            shutil.copyfileobj(source, file)


def _rows(parts: list[Path], file: IO[bytes]) -> None:
    """Tables of CSV, the header of the first only."""
    for number, part in enumerate(parts):
        with part.open("rb") as source:
            header = source.readline()
            file.write(b"" if number else header)
            shutil.copyfileobj(source, file)


def _columns(part: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_schema(part)


def _parquet(parts: list[Path], file: IO[bytes]) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(file, pq.read_schema(parts[0])) as target:
        for part in parts:
            target.write_table(pq.read_table(part))


_JOINERS: dict[str, Callable[[list[Path], IO[bytes]], None]] = {
    "jsonl": _lines,
    "table": _lines,
    "csv": _rows,
    "parquet": _parquet,
}
