"""Options that several commands share."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from classifier.cli.console import say
from classifier.data.articles import STDIN, Columns, ReadOptions
from classifier.data.encodings import is_text_encoding
from classifier.data.readers import INPUT_FORMATS
from classifier.errors import UsageError
from classifier.model.predictions import MODES

PATH = click.Path(path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])

model_option = click.option("--model", type=PATH, metavar="DIR", help="Model folder  [default: the shipped model]")
from_option = click.option(
    "--from", "source_format", type=click.Choice(INPUT_FORMATS), help="Input format  [default: by file ending]"
)
mode_option = click.option(
    "--mode",
    type=click.Choice(list(MODES)),
    help="sure: fewer topics, more of them right; complete: more topics, fewer of them missed; balanced: about as many "
    "wrong as missed  [default: balanced]",
)
labels_option = click.option(
    "--labels",
    type=PATH,
    multiple=True,
    help="Table of id, topics and, if wanted, split; repeatable: later tables amend earlier ones.",
)


required_labels_option = click.option(
    "--labels",
    type=PATH,
    multiple=True,
    required=True,
    metavar="FILE",
    help="Table of id, topics and, from a queue, chosen; repeatable: later tables amend earlier ones.",
)


def column_options(command: Command) -> Command:
    """Add the options that say how tables are read."""
    for option in (
        click.option("--encoding", metavar="NAME", help="Encoding of text files  [default: UTF-8, else guessed]"),
        click.option("--id-column", default="id", show_default=True, help="Column of the articles' ids, if any."),
        click.option("--title-column", default="title", show_default=True, help="Column of the headlines, if any."),
        click.option("--text-column", default="text", show_default=True, help="Column of the texts."),
    ):
        command = option(command)
    return command


def tasks_options(command: Command) -> Command:
    """Add the options that say where articles to read are written, and for which tool."""
    tools = click.Choice(["xlsx", "csv", "label-studio", "doccano", "prodigy"])
    default = "[default: by the ending of --output; .json is for Label Studio]"
    for option in (
        click.option("--to", "tool", type=tools, help=default),
        click.option("--output", "-o", type=PATH, required=True, metavar="FILE", help="File to write."),
    ):
        command = option(command)
    return command


def check_tasks_output(output: Path, tool: str | None, sources: Sequence[Path], *, force: bool) -> None:
    """Refuse to write articles to read over any file: a queue that exists may hold what somebody has filled in."""
    from classifier.annotation.tasks import written_files
    from classifier.storage.paths import check_output, is_stream

    if is_stream(output):
        raise UsageError(f"{output} is a device or pipe: name a file, which readers can fill in")
    for file in written_files(output, tool):
        if file.is_file() and not force:
            raise UsageError(f"{file} exists, and may hold what readers filled in: name another, or add --force")
        check_output(file, open_numbers(sources), lambda _: True, force=force)


language_option = click.option(
    "--lang", "language", type=click.Choice(["ru", "en"]), help="Language of the page  [default: by locale]"
)
force_option = click.option(
    "--force", is_flag=True, help="Replace a file that news-topics did not write; drop what an interrupted run left."
)


def format_option(*formats: str) -> Callable[[Command], Command]:
    """Return the option that says how a table is printed; the first format is the default."""
    kinds = click.Choice(formats)
    return click.option(
        "--format",
        type=kinds,
        default=formats[0],
        show_default=True,
        help="How to print: table for people, the others for programs.",
    )


def read_options(
    *,
    text_column: str,
    title_column: str,
    id_column: str,
    encoding: str | None,
    source_column: str = "source",
    date_column: str = "date",
    keep: Sequence[str] = (),
    source_format: str | None = None,
    strict: bool = False,
) -> ReadOptions:
    """Return how articles are read, from the options of `column_options` and of the command."""
    if not is_text_encoding(encoding or "utf-8"):
        raise UsageError(f"unknown encoding {encoding!r}; try utf-8, cp1251, koi8-r or cp866")
    columns = Columns(text_column, title_column, id_column, source_column, date_column, tuple(keep))
    return ReadOptions(columns, encoding, source_format, strict)


def announce_stdin(files: Sequence[Path]) -> Sequence[Path]:
    """Return the files, after telling a user at a terminal that the command waits for input."""
    if Path(STDIN) in files and sys.stdin.isatty():
        say("reading an article from the keyboard; end it with Ctrl-D")
    return files


def open_numbers(files: Sequence[Path]) -> list[Path | int]:
    """Return the files, with the number of the open file for standard input."""
    return [0 if file == Path(STDIN) else file for file in files]
