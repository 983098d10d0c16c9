"""``news-topics predict``: topics of articles, to standard output, a file or a folder."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import click

from classifier.cli.console import number_of, progress_bar, report_skipped, say, sum_up
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    from_option,
    mode_option,
    model_option,
    read_options,
)
from classifier.data.answers import OutputOptions, TaggedBatch, Write
from classifier.data.articles import ReadOptions, SkippedRecords
from classifier.data.writers import OUTPUT_FORMATS, open_writer
from classifier.errors import Error, UsageError
from classifier.model.predictions import Mode
from classifier.topics import NAME_KINDS


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
    help="[default: by the ending of --output; a table on a terminal; else jsonl]",
)
@click.option(
    "--names",
    type=click.Choice(NAME_KINDS),
    help="Add names of the topics: Russian, English, or their IPTC Media Topic (or top-level topic).",
)
@click.option("--all", "all_topics", is_flag=True, help="Add a column for each topic with its probability.")
@mode_option
@click.option(
    "--min-probability",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="P",
    help="Give topics of at least this probability, instead of a mode.",
)
@click.option("--keep", multiple=True, metavar="COLUMN", help="Copy an input column to the output; repeatable.")
@click.option("--resume", is_flag=True, help="Continue an interrupted run into --output, if there is one.")
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
    help="Processes; two are faster from 10,000 articles on.  [default: 1; into a folder one per core]",
)
@column_options
def predict(
    files: tuple[Path, ...],
    model: Path | None,
    output: str | None,
    resume: bool,
    scheduler: str | None,
    jobs: int | None,
    format: str | None,
    names: Any,
    all_topics: bool,
    mode: Mode | None,
    min_probability: float | None,
    **options: Any,
) -> None:
    """Give topics to the articles in FILES.

    FILES are .txt (one article each, the headline on its first line), .html (pages saved from a news site; needs
    trafilatura), .csv, .tsv, .jsonl or .parquet (a row each, with a column "text" and, where present, "title" and
    "id"), folders of these, or - for standard input: JSON lines, or one article.

    A record that cannot be read is reported and left out. A text that is not Russian gets no topic but a note.

    Where --output is a folder (one that exists, or a name that ends in /), each table of FILES becomes a Parquet file
    there: on all cores of this machine, or on the Dask cluster of --scheduler. Needs Dask.
    """
    from classifier.storage.model_folder import read_manifest

    if mode is not None and min_probability is not None:
        raise UsageError("--mode and --min-probability both choose the topics: take one")
    read = read_options(**options)
    answer = OutputOptions(format, names, all_topics, read.columns.keep, min_probability or mode or "balanced")
    manifest = read_manifest(model)
    run = {"model": manifest["sha256"], "read": [read.columns, read.encoding, read.format]}
    sources = announce_stdin(files or [Path("-")])
    if scheduler is not None or _is_folder(output):
        from classifier.cli.archive import tag_archive

        tag_archive(sources, output, model, read, answer, run, resume=resume, scheduler=scheduler, jobs=jobs)
    else:
        with _open_output(output, answer, manifest["topics"], {**run, **_inputs(sources)}, resume) as (write, done):
            count, unjudged = _tag(sources, model, read, answer, write, done, jobs or 1, output)
        sum_up(count, unjudged, output)


def _tag(
    sources: Sequence[Path],
    model: Path | None,
    read_options: ReadOptions,
    answer: OutputOptions,
    write: Write,
    done: int,
    jobs: int,
    output: str | None,
) -> tuple[int, int]:
    """Tag articles and write them; returns how many there are and how many could not be judged."""
    from classifier.data.reading import read
    from classifier.tagging.batches import tag_articles

    skipped = SkippedRecords(lambda message: say(f"left out: {message}"))
    articles = islice(read(sources, read_options, on_error=skipped), done, None)
    count, unjudged = done, 0
    batches = tag_articles(model, articles, jobs, answer.mode)
    for batch in _counted(batches, done, show=output is not None or not sys.stdout.isatty()):
        write(batch)
        count += len(batch)
        unjudged += batch.unjudged
    report_skipped(skipped)
    if skipped.count and not count:
        raise Error("no article could be read")
    return count, unjudged


def _is_folder(output: str | None) -> bool:
    return output is not None and (output.endswith(("/", os.sep)) or Path(output).is_dir())


def _inputs(sources: Sequence[Path]) -> dict[str, Any]:
    """Return the input files with their fingerprints: only a run with equal ones can be resumed."""
    from classifier.data.reading import expand
    from classifier.storage.atomic import fingerprint

    files = [file for source in sources for file in expand(source)]
    return {"input": [[str(file), *(fingerprint(file) if file.is_file() else [])] for file in files]}


@contextmanager
def _open_output(
    output: str | None, answer: OutputOptions, classes: Sequence[str], run: dict[str, Any], resume: bool
) -> Iterator[tuple[Write, int]]:
    """Open a function that writes batches; it comes with the number of articles that are written already."""
    if output is None:
        if resume:
            raise UsageError("--resume needs --output: what was printed is not there to continue from")
        with open_writer(None, answer, classes) as write:
            yield write, 0
        return
    from classifier.data.resumable import ResumableOutput

    target = ResumableOutput(Path(output), answer, classes, run, resume=resume)
    if target.done:
        say(f"continuing after {number_of(target.done, 'article')}")
    try:
        with target.writing() as write:
            yield write, target.done
    except BaseException:
        if target.done:
            done = number_of(target.done, "article")
            say(f"the answers to {done} are safe: the same command with --resume continues from there")
        raise


def _counted(batches: Iterator[TaggedBatch], start: int, *, show: bool) -> Iterator[TaggedBatch]:
    """Yield the batches and count them in a progress bar, unless the answers themselves are on the screen."""
    if not show:
        yield from batches
        return
    with progress_bar(start, "articles") as advance:
        for batch in batches:
            yield batch
            advance(len(batch))
