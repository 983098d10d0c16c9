"""One module for each format. To add a format, write a `Writer` and add it to `WRITERS`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from classifier.data.answers import OutputOptions, Write
from classifier.data.writers.csv import write_csv
from classifier.data.writers.json_lines import write_json_lines
from classifier.data.writers.ninjs import write_ninjs
from classifier.data.writers.parquet import write_parquet
from classifier.data.writers.table import write_table
from classifier.data.writers.workbook import write_workbook
from classifier.errors import UsageError
from classifier.storage.atomic import atomic_write
from classifier.storage.paths import is_stream
from classifier.text.display import VisibleText

Writer = Callable[[IO[Any], OutputOptions, Sequence[str]], AbstractContextManager[Write]]
WRITERS: dict[str, Writer] = {
    "table": write_table,
    "jsonl": write_json_lines,
    "csv": write_csv,
    "parquet": write_parquet,
    "xlsx": write_workbook,
    "ninjs": write_ninjs,
}
OUTPUT_FORMATS = list(WRITERS)
BINARY = {"parquet": "Parquet", "xlsx": "a workbook"}  # formats that cannot be printed, and what messages call them


@contextmanager
def open_writer(path: Path | None, options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches to a file, or to standard output if `path` is None.

    Parameters
    ----------
    path
        Appears when all is written; nothing is left of it if the run fails.
    options
        What to write about each article, and in which format.
    classes
        Topic ids of the model.

    Raises
    ------
    UsageError
        The ending says nothing, the format has no place for what is asked for, the folder cannot be written into, or
        Parquet or a workbook is to go to standard output or a device.
    """
    options = complete_options(path, options, classes)
    format = str(options.format)
    if path is None:
        if format in BINARY:
            raise UsageError(f"{BINARY[format]} cannot go to standard output: add --output FILE.{format}")
        for_programs = format != "table" and sys.stdout.isatty()
        stdout: Any = VisibleText(sys.stdout) if for_programs else sys.stdout
        with WRITERS[format](stdout, options, classes) as write:
            yield write
            sys.stdout.flush()
        return
    if format in BINARY and is_stream(path):
        raise UsageError(f"{BINARY[format]} cannot go to the device or pipe {path}: name a file, or say --format jsonl")
    with atomic_write(path, binary=format in BINARY) as file, WRITERS[format](file, options, classes) as write:
        yield write


def complete_options(path: Path | None, options: OutputOptions, classes: Sequence[str]) -> OutputOptions:
    """Return the options with the format of an output, after checking that they go together.

    Raises
    ------
    UsageError
        The ending says nothing, or the format has no place for what is asked for.
    """
    options.check_topics(classes)
    options = replace(options, format=output_format(path, options.format))
    if options.format == "table" and options.long:
        raise UsageError("--long is not for the table that people see: add --format csv, or --output FILE")
    for option, given in [("--long", options.long), ("--all", options.all_topics), ("--keep", options.keep)]:
        if options.format == "ninjs" and given:
            raise UsageError(f"ninjs has no place for {option}: leave it out, or choose another format")
    return options


def output_format(path: Path | None, format: str | None = None) -> str:
    """Return the format, if given, else what the ending of `path` says, or what suits standard output.

    Raises
    ------
    UsageError
        The ending says nothing.
    """
    if format is not None:
        return format
    if path is None:
        return "table" if sys.stdout.isatty() else "jsonl"
    format = path.suffix.lower().removeprefix(".")
    if format not in OUTPUT_FORMATS[1:]:
        raise UsageError(
            f"cannot tell the format of {path} from its ending; say --format jsonl, csv, parquet or xlsx; "
            f"a folder is {path}/"
        )
    return format
