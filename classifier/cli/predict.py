"""``news-topics predict``: topics of articles, to standard output, a file or a folder."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from classifier import __version__
from classifier.cli.console import number_of, report_skipped, say, show_progress, skip_and_tell, sum_up
from classifier.cli.corrections import correction_options, read_corrections, report_labelled
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    force_option,
    from_option,
    mode_option,
    model_option,
    open_numbers,
    read_options,
)
from classifier.data.answers import OutputOptions, Write
from classifier.data.articles import STDIN, Article, ReadOptions
from classifier.data.writers import OUTPUT_FORMATS, open_writer
from classifier.errors import Error, UsageError
from classifier.model.predictions import Mode
from classifier.topics import NAME_KINDS

if TYPE_CHECKING:
    from classifier.data.resumable import ResumableOutput
    from classifier.tagging.corrections import Corrections


@click.command()
@click.argument("files", nargs=-1, type=PATH)
@model_option
@click.option(
    "--output",
    "-o",
    metavar="FILE | DIR/",
    help="File to write, which appears when it is complete; or a folder, see above.",
)
@click.option(
    "--format",
    type=click.Choice(OUTPUT_FORMATS),
    help="ninjs: news items for agencies' systems, without texts.  [default: by the ending of --output; a table on a "
    "terminal; else jsonl]",
)
@click.option(
    "--names",
    type=click.Choice(NAME_KINDS),
    help="Add names of the topics: Russian, English, or their IPTC Media Topic (or top-level topic).",
)
@click.option(
    "--all", "all_topics", is_flag=True, help="Add a column for each topic with its probability; with --long, a row."
)
@click.option("--long", is_flag=True, help="Write a row for each topic of an article, instead of one for the article.")
@correction_options
@mode_option
@click.option(
    "--min-probability",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="P",
    help="Give topics of at least this probability, instead of a mode.",
)
@click.option("--keep", multiple=True, metavar="COLUMN", help="Copy an input column to the output; repeatable.")
@click.option("--resume", is_flag=True, help="Continue an interrupted run into --output, if there is one.")
@force_option
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Dask cluster that tags into the folder, such as tcp://host:8786  [default: one on this machine]",
)
@click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read, instead of leaving it out.")
@from_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Processes; two take three quarters of the time from 10,000 articles on.  [default: 1; into a folder one per "
    "core]",
)
@column_options
def predict(
    files: tuple[Path, ...],
    model: Path | None,
    output: str | None,
    resume: bool,
    force: bool,
    scheduler: str | None,
    jobs: int | None,
    format: str | None,
    names: Any,
    all_topics: bool,
    long: bool,
    mode: Mode | None,
    min_probability: float | None,
    rules: Path | None,
    labels: tuple[Path, ...],
    only: tuple[str, ...],
    without: tuple[str, ...],
    **options: Any,
) -> None:
    """Give topics to the articles in FILES.

    FILES are .txt or .docx (one article each, the headline on its first line), .html (pages saved from a news site),
    .csv, .tsv, .xlsx, .json, .jsonl or .parquet (a row each, with a column "text" and, where present, "title" and
    "id"; or in Russian "текст", "заголовок", "№"), any of these packed as .gz or .zst or in a .zip, folders of
    these, or - for standard input: JSON, a table, or one article.

    A record that cannot be read is reported and left out. A text that is not Russian gets no topic but a note.

    Where --output is a folder (one that exists, or a name that ends in /), each table of FILES becomes a Parquet file
    there: on all cores of this machine, or on the Dask cluster of --scheduler. Needs Dask.

    With --rules or --labels, every answer tells the origin of each topic. Rules are written so:

    \b
        [[rule]]
        topic = "arctic"                                  # one of the model's topics, or a new one
        action = "add"                                    # or "remove", or "block"; add if left out
        phrases = ["Северный морской путь", "ледокол*"]   # in any form; * is any end of a word
        without = ["ледокол знаний"]                      # phrases that cancel the rule
    """  # noqa: D301
    from classifier.storage.model_folder import read_manifest

    if mode is not None and min_probability is not None:
        raise UsageError("--mode and --min-probability both choose the topics: take one")
    read = read_options(**options)
    chosen = min_probability or mode or "balanced"
    has_origins = rules is not None or bool(labels)
    answer = OutputOptions(format, names, all_topics, long, read.columns.keep, chosen, has_origins)
    manifest = read_manifest(model)
    corrections = read_corrections(manifest["topics"], rules, labels, only, without)
    run = {"version": __version__, "model": manifest["sha256"], "read": [read.columns, read.encoding, read.format]}
    run["corrections"] = corrections.sha256()
    sources = announce_stdin(files or [Path(STDIN)])
    output = None if output in (STDIN, "/dev/stdout") else output
    if output == "":
        raise UsageError("--output is empty: name a file or a folder")
    if scheduler is not None or _is_folder(output):
        from classifier.cli.archive import tag_archive

        if force:
            raise UsageError("--force is for files: name a new folder, or continue with --resume")
        tag_archive(
            sources, output, model, read, answer, run, corrections, resume=resume, scheduler=scheduler, jobs=jobs
        )
        return
    target = None if output is None else Path(output)
    _check_target(target, [*sources, *labels, *filter(None, [rules])], format, resume=resume, force=force)
    classes = corrections.select(manifest["topics"])
    replaced = target is not None and target.is_file() and target.stat().st_size > 0
    with _open_output(target, answer, classes, run, resume=resume, force=force) as opened:
        count, unjudged = _tag(
            sources, model, read, answer.mode, corrections, opened, jobs or 1, show=target is not None
        )
    sum_up(count, unjudged, output, replaced=replaced)


def _check_target(
    target: Path | None, sources: Sequence[Path], format: str | None, *, resume: bool, force: bool
) -> None:
    """Refuse an output that would destroy something, before any work is done."""
    from classifier.data.recognition import is_answer
    from classifier.data.resumable import can_resume
    from classifier.storage.paths import check_not_read, check_output, is_stream

    if target is None:
        check_not_read(1, open_numbers(sources))
    else:
        check_output(target, open_numbers(sources), is_answer, force=force)
    if resume and (target is None or is_stream(target)):
        raise UsageError("--resume needs a file for --output: what was printed is not there to continue from")
    if resume and target is not None and not can_resume(target, format):
        raise UsageError("--resume cannot continue a workbook, which is written in one go: write .csv or .parquet")
    if resume and force:
        raise UsageError("--resume continues an interrupted run, --force starts again: take one")


class _Stream(NamedTuple):
    """Standard output, a device, a pipe or a workbook: like a `ResumableOutput` of which nothing is there yet."""

    write: Write
    done: int = 0
    unjudged: int = 0

    def pending(self, articles: Iterable[Article]) -> Iterator[Article]:
        return iter(articles)


@contextmanager
def _open_output(
    target: Path | None,
    answer: OutputOptions,
    classes: Sequence[str],
    run: dict[str, Any],
    *,
    resume: bool,
    force: bool,
) -> "Iterator[_Stream | ResumableOutput]":
    """Open the output; say what is continued, and after a failure what is safe."""
    from classifier.data.resumable import can_resume, resumable_output
    from classifier.storage.paths import is_stream

    if target is None or is_stream(target) or not can_resume(target, answer.format):
        with open_writer(target, answer, classes) as write:
            yield _Stream(write)
        return
    output = None
    try:
        with resumable_output(target, answer, classes, run, resume=resume, restart=force) as output:
            if resume and not output.done:
                say(f"there is no interrupted run into {target} to continue: starting with the first article")
            yield output
    except UsageError:
        raise
    except BaseException:
        if output is not None and output.done:
            safe = number_of(output.done, "article")
            say(f"the answers to {safe} are safe: the same command with --resume continues from there")
        raise


def _tag(
    sources: Sequence[Path],
    model: Path | None,
    read_options: ReadOptions,
    mode: Mode | float,
    corrections: "Corrections",
    output: "_Stream | ResumableOutput",
    jobs: int,
    *,
    show: bool,
) -> tuple[int, int]:
    """Tag articles and write them; returns how many there are and how many could not be judged."""
    from classifier.data.reading import read
    from classifier.tagging.batches import tag_articles

    skipped = skip_and_tell()
    start = output.done
    count, unjudged, labelled = start, output.unjudged, 0
    articles = output.pending(read(sources, read_options, on_error=skipped))
    if count:
        say(f"continuing after {number_of(count, 'article')}")
    # Closed here, because it ends processes: a generator that is only dropped may be closed in any thread.
    with closing(tag_articles(model, articles, jobs, mode, corrections)) as batches:
        # The progress is not shown where the answers themselves are on the screen.
        for batch in show_progress(batches, count) if show or not sys.stdout.isatty() else batches:
            output.write(batch)
            count += len(batch)
            unjudged += batch.unjudged
            labelled += len(corrections.labelled(batch.articles))
    report_skipped(skipped)
    if skipped.count and not count:
        raise Error("no article could be read")
    report_labelled(corrections, labelled, resumed=start > 0)
    return count, unjudged


def _is_folder(output: str | None) -> bool:
    return output is not None and (output.endswith(("/", os.sep)) or Path(output).is_dir())
