"""``news-topics duplicates``: the reprints in an archive."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import number_of, progress_bar, report_skipped, say, skip_and_tell
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    force_option,
    from_option,
    open_numbers,
    read_options,
)
from classifier.data.articles import STDIN, Article, Columns, ReadOptions, batched
from classifier.data.writers.frame import FRAME_FORMATS, frame_format, write_frame
from classifier.errors import Error, UsageError

if TYPE_CHECKING:
    from classifier.duplicates.finding import ClusterFinder, Clusters

_DATE = Columns().date
_SHOWN = 10  # clusters on a terminal
_OTHERS = 38  # characters of the columns beside the headline


@click.command()
@click.argument("archive", nargs=-1, required=True, type=PATH)
@click.option("--output", "-o", type=PATH, metavar="FILE", help="Table to write: .csv, .parquet, .jsonl or .xlsx.")
@click.option(
    "--format",
    type=click.Choice(FRAME_FORMATS),
    help="table: the largest clusters, for people.  [default: by the ending of --output; a table on a terminal; else "
    "jsonl]",
)
@click.option(
    "--similarity",
    type=click.FloatRange(0.5, 1),
    default=0.6,
    show_default=True,
    help="Least share of the runs of three words that a reprint has in common with another article. From 0.6 on they "
    "are reprints with small edits; lower, also templates with other numbers.",
)
@click.option(
    "--days",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    help="Most days between two articles, if both dates are known; 10000 compares all with all.",
)
@click.option("--date-column", default=_DATE, show_default=True, help="Column of dates, if any.")
@force_option
@from_option
@column_options
def duplicates(
    archive: tuple[Path, ...],
    output: Path | None,
    format: str | None,
    similarity: float,
    days: int,
    force: bool,
    **options: Any,
) -> None:
    """Find the reprints in ARCHIVE: articles that repeat others, word for word or nearly.

    ARCHIVE is as in predict. Nothing is deleted: every article gets a row with its "id", its "cluster" (the id of the
    cluster's earliest article, or of the first in the archive), whether it is that "first" one, and the "size" of the
    cluster. An article that nothing repeats is a cluster of its own, so a table joined by id loses no article.

    A text of fewer than ten words must have the same words. Dates are 2024-11-29 or 29.11.2024, with or without a time;
    articles without a day are compared with all. Needs rensa.

    \b
    news-topics duplicates archive/ -o clusters.csv
    news-topics duplicates news.csv --days 0 --similarity 0.9         the largest clusters, on the terminal
    """  # noqa: D301
    from classifier.duplicates.finding import ClusterFinder
    from classifier.duplicates.tables import clusters_table, largest_clusters

    output = None if output == Path(STDIN) else output
    format = frame_format(output, format)
    if format == "table" and output is not None:
        raise UsageError("the largest clusters are for a terminal: leave out --format table, or --output")
    _check(output, archive, force=force)
    finder = ClusterFinder(similarity, days)
    skipped = skip_and_tell()
    read = read_options(**options)
    ids, headlines = _collect(finder, archive, read, skipped, with_headlines=format == "table")
    report_skipped(skipped)
    if skipped.count and not ids:
        raise Error("no article could be read")
    found = _find(finder)
    _tell_dates(found, read.columns.date)
    _tell_repeated(ids)
    if format == "table":
        if found.reprints:
            write_frame(largest_clusters(headlines, found, _SHOWN), None, format)
    else:
        replaced = output is not None and output.is_file() and output.stat().st_size > 0
        _check(output, archive, force=force)  # somebody may have made it in the meantime
        write_frame(clusters_table(ids, found), output, format)
    remark = ", which replaces an earlier file" if format != "table" and replaced else ""
    say(f"{_summary(found)}{f'; written to {output}{remark}' if output else ''}")


def _check(output: Path | None, archive: Sequence[Path], *, force: bool) -> None:
    """Refuse an output that would destroy something."""
    from classifier.duplicates.tables import is_clusters
    from classifier.storage.paths import check_not_read, check_output

    if output is None:
        check_not_read(1, open_numbers(archive))
    else:
        check_output(output, open_numbers(archive), is_clusters, force=force)


def _collect(
    finder: "ClusterFinder",
    archive: Sequence[Path],
    options: ReadOptions,
    on_error: Any,
    *,
    with_headlines: bool,
) -> tuple[list[str], list[str]]:
    """Give all articles to the finder, and return their ids and, if they will be shown, their headlines."""
    from dataclasses import replace

    from classifier.data.reading import read

    date = options.columns.date
    columns = options.columns._replace(optional=(date,))
    ids: list[str] = []
    headlines: list[str] = []
    articles = read(announce_stdin(archive), replace(options, columns=columns), on_error=on_error)
    with progress_bar(0, "articles read") as advance:
        for batch in batched(articles):
            finder.add([article.text for article in batch], [article.row[date] for article in batch])
            ids += [article.id for article in batch]
            headlines += map(_headline, batch) if with_headlines else ()
            advance(len(batch))
    return ids, headlines


def _headline(article: Article) -> str:
    words = " ".join((article.headline or article.text[:400]).split())
    width = max(get_terminal_size().columns - _OTHERS, 20)
    return words if len(words) <= width else f"{words[: width - 1]}…"


def _find(finder: "ClusterFinder") -> "Clusters":
    from classifier.duplicates.signatures import BANDS

    with progress_bar(0, "steps of comparing", BANDS) as advance:
        return finder.find(advance)


def _tell_dates(found: "Clusters", column: str) -> None:
    """Say how many articles were compared with all because their dates tell no day."""
    from classifier.data.dates import UNKNOWN

    unknown = int((found.moments == UNKNOWN).sum())
    if unknown and unknown == len(found.moments) and column != _DATE:
        raise UsageError(f"no article has a day in column {column!r} of --date-column: write days as 2024-11-29")
    if unknown:
        say(f"{number_of(unknown, 'article')} without a day in column {column!r}: compared with those of all days")


def _tell_repeated(ids: Iterable[str]) -> None:
    """Say how many ids are of several articles."""
    from collections import Counter

    repeated = {id: count for id, count in Counter(ids).items() if count > 1}
    if repeated:
        say(
            f"{number_of(len(repeated), 'id')} of several articles each, such as {next(iter(repeated))!r}: a table "
            "joined by id mixes them up; name a column of ids of their own with --id-column"
        )


def _summary(found: "Clusters") -> str:
    number = number_of(len(found.cluster), "article")
    if not len(found.cluster):
        return "there was no article to compare"
    if not found.reprints:
        return f"{number}: no reprints"
    return f"{number}: {number_of(found.reprints, 'reprint')} of {number_of(found.reprinted, 'article')}"
