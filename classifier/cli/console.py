"""What the commands show on a terminal: messages, progress, tables."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TypeVar

import click

from classifier.data.articles import SkippedRecords
from classifier.errors import one_line
from classifier.text.display import visible

if TYPE_CHECKING:
    import pandas as pd

Batch = TypeVar("Batch", bound=Sized)  # of articles


def open_standard_streams() -> None:
    """Prepare the standard streams, whatever the shell has done to them.

    What is printed for programs is UTF-8; a terminal that lacks a letter shows a question mark. A closed stream is
    opened on the null device, or else the next file that is opened would get its number: an output file, say. Writing
    to standard output that was closed stays an error.
    """
    for number, name, mode in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, mode), number)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        is_terminal = sys.stdout.isatty()
        sys.stdout.reconfigure(encoding=None if is_terminal else "utf-8", errors="replace")


def say(message: str) -> None:
    """Print a message on standard error, on one line."""
    # Not err=True: click then writes past the progress bar, which makes room for sys.stderr only.
    click.echo(f"news-topics: {one_line(message)}", file=sys.stderr)


def emit(text: str) -> None:
    """Print text for programs; on a terminal, without what would control it."""
    click.echo(visible(text) if sys.stdout.isatty() else text)


def number_of(count: int, unit: str) -> str:
    """Return a number with its unit: ``1 article``, ``2 articles``."""
    return f"{count:,} {unit}{'s' if count != 1 else ''}"


def skip_and_tell() -> SkippedRecords:
    """Return what counts the records that are left out, and says why the first ones are."""
    return SkippedRecords(lambda message: say(f"left out: {message}"))


def report_skipped(skipped: SkippedRecords) -> None:
    """Say how many records were left out."""
    if skipped.count:
        say(f"left out {number_of(skipped.count, 'record')} that could not be read")


def sum_up(count: int, unjudged: int, output: str | None, *, replaced: bool = False) -> None:
    """Say what was done, and whether an earlier output was replaced."""
    if unjudged:
        say(f"{number_of(unjudged, 'article')} not judged; the note of each says why")
    if not count:
        say("there was no article to tag")
    elif output is not None:
        remark = ", which replaces an earlier file" if replaced else ""
        say(f"{number_of(count, 'article')} tagged in {output}{remark}")


def discard_stdout() -> None:
    """Send to nowhere what standard output still holds, which Python would flush at the end."""
    with suppress(OSError, ValueError):  # it has no file, or is closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress_bar(start: int, unit: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Open a function that advances a progress bar; without a terminal it does nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    known = [BarColumn(), TextColumn("of {task.total:,}"), TimeRemainingColumn()] if total is not None else []
    columns = [SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {unit}"), *known, TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total, completed=start)
        yield lambda number: progress.advance(task, number)


def show_progress(batches: Iterable[Batch], done: int = 0) -> Iterator[Batch]:
    """Yield batches and count their articles in a progress bar."""
    with progress_bar(done, "articles") as advance:
        for batch in batches:
            yield batch
            advance(len(batch))


def rich_console() -> Any:
    """Return a console for standard output; a file or pipe has no width to fit."""
    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # `| head` has seen enough; rich would exit with code 1

    return PipeConsole(width=None if sys.stdout.isatty() else 200, highlight=False)


def show_table(table: "pd.DataFrame", format: str) -> None:
    """Print a DataFrame as a table for people, as JSON (a list of records), or as CSV."""
    if format == "csv":
        emit(table.to_csv().removesuffix("\n"))
        return
    if format == "json":
        emit(table.reset_index().to_json(orient="records", force_ascii=False, indent=1))
        return
    from classifier.data.writers.frame import table_of

    rich_console().print(table_of(table.reset_index()))
