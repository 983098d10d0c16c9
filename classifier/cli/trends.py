"""``news-topics trends``: how large a share of the news each topic has, over time."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import number_of, report_skipped, say, show_progress, show_table, skip_and_tell
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    force_option,
    from_option,
    language_option,
    model_option,
    open_numbers,
    read_options,
)
from classifier.errors import Error, UsageError
from classifier.topics import check_known, id_of_name, taxonomy

if TYPE_CHECKING:
    import pandas as pd

    from classifier.data.articles import ReadOptions
    from classifier.duplicates.finding import ClusterFinder
    from classifier.trends.counting import Plan
    from classifier.trends.page import Facts
    from classifier.trends.study import Study

_PERIODS = ["day", "week", "month", "quarter", "year"]  # as in `classifier.trends.periods`, which imports pandas
_FORMATS = ["table", "csv", "jsonl", "parquet", "xlsx"]


@click.command()
@click.argument("tagged", nargs=-1, required=True, type=PATH)
@click.option("--by", type=click.Choice(_PERIODS), default="month", show_default=True, help="Period to count by.")
@click.option("--split", metavar="COLUMN", help="Count the values of this column apart: the outlets, say.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Count only this topic; repeatable.")
@click.option("--output", "-o", type=PATH, metavar="FILE", help="Table to write: .csv, .xlsx, .parquet or .jsonl.")
@click.option("--html", type=PATH, metavar="FILE", help="Page to write, with charts; needs matplotlib.")
@click.option(
    "--format",
    type=click.Choice(_FORMATS),
    help="table: a summary for people.  [default: by the ending of --output; a table on a terminal; else jsonl]",
)
@click.option(
    "--count",
    type=click.Choice(["once", "all"]),
    help="Count reprints of an article once, at the first, or all of them.  [default: once, where they are known]",
)
@click.option(
    "--duplicates", type=PATH, metavar="FILE", help="Reprints, as `news-topics duplicates` tells them, by id."
)
@click.option(
    "--checked",
    type=PATH,
    metavar="FILE",
    help="Topics that a person gave to articles chosen at random, by id: they correct the shares.",
)
@click.option(
    "--min-articles",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="A period of fewer articles has no share.",
)
@language_option
@model_option
@force_option
@from_option
@click.option("--date-column", default="date", show_default=True, help="Column of the dates.")
@column_options
def trends(
    tagged: tuple[Path, ...],
    by: Any,
    split: str | None,
    topics: tuple[str, ...],
    output: Path | None,
    html: Path | None,
    format: str | None,
    count: str | None,
    duplicates: Path | None,
    checked: Path | None,
    min_articles: int,
    language: Any,
    model: Path | None,
    force: bool,
    **options: Any,
) -> None:
    """Tell how large a share of the news each topic has over time, and how sure that is.

    TAGGED are files or folders that `predict` wrote with --keep date (and --keep title, and the column of --split), or
    articles, which are tagged first.

    Every share has the limits of its 95 % interval. They are for sampling: by chance, other days would have given
    another share. The classifier errs too: let a person read 100 to 300 articles chosen at random, and name their
    topics with --checked; the shares are then corrected, and the limits of corrected shares are for both.

    \b
    news-topics predict archive/ --keep date --keep source --keep title -o tagged.jsonl
    news-topics duplicates archive/ -o clusters.csv
    news-topics trends tagged.jsonl --duplicates clusters.csv --split source -o trends.csv --html trends.html
    news-topics queue archive/ --random -n 200 -o check.xlsx      (a person fills it in)
    news-topics labels check.xlsx -o checked.csv
    news-topics trends tagged.jsonl --duplicates clusters.csv --checked checked.csv --html trends.html
    """  # noqa: D301
    from classifier.data.writers.frame import frame_format, write_frame
    from classifier.storage.atomic import atomic_write
    from classifier.trends import examples
    from classifier.trends.counting import Plan
    from classifier.trends.study import StudyOptions, study, summary

    sources = [*tagged, *filter(None, [duplicates, checked])]
    _check_outputs(output, html, sources, force=force)
    format = frame_format(output, format) if output or format or not html else None
    if html is not None:
        from classifier.pages.messages import default_language
        from classifier.trends.page import render_page  # says at once if matplotlib is missing
    labels = None if checked is None else _read_checked(checked)
    frame = _read(tagged, model, read_options(**options), split, duplicates, count)
    plan = Plan(by, split, "first" in frame and count != "all")
    chosen = [_known_topic(topic, frame) for topic in topics] or None
    found = study(frame, StudyOptions(plan, chosen, min_articles), labels)
    if html is not None:
        facts = _facts(found, frame, plan, min_articles, model, tagged)
        surest = examples(frame, by, split=split, topics=chosen)
        with atomic_write(html) as file:
            file.write(render_page(found.shares, found.changes, surest, facts, language or default_language()))
    if format == "table":
        show_table(summary(found), "table")
    elif format is not None:
        write_frame(found.shares, output, format)
    _sum_up(found, frame, plan, has_labels=labels is not None)
    for path in filter(None, [output, html]):
        say(f"written: {path}")


def _check_outputs(output: Path | None, html: Path | None, sources: Sequence[Path], *, force: bool) -> None:
    """Refuse outputs that would destroy something, before any work is done."""
    from classifier.storage.paths import check_not_read, check_output
    from classifier.trends.shares import is_shares

    check_not_read(1, open_numbers(sources))
    if output is not None:
        check_output(output, open_numbers(sources), is_shares, force=force)
    if html is not None:
        from classifier.pages import is_page_of_ours

        check_output(html, open_numbers(sources), is_page_of_ours, force=force)


def _read_checked(path: Path) -> "dict[str, list[str]]":
    """Return the topics of articles that were read; only of those chosen at random, if the table tells that."""
    from classifier.data.corpus import read_at_random, read_labels

    labels, at_random = read_labels([path]), read_at_random([path])
    if not at_random:
        say(f"{path} does not say how its articles were chosen: shares are right only if that was at random")
        return labels
    if others := len(labels) - len(at_random):
        say(f"{number_of(others, 'article')} of {path} not chosen at random: left out, as they would bend the shares")
    return {id: topics for id, topics in labels.items() if id in at_random}


def _read(
    tagged: Sequence[Path],
    model: Path | None,
    options: "ReadOptions",
    split: str | None,
    duplicates: Path | None,
    count: str | None,
) -> "pd.DataFrame":
    """Return the tagged articles, with their reprints if these are known or can be found."""
    from classifier.duplicates.tables import read_clusters
    from classifier.tagging.tagged import read_tagged
    from classifier.trends.study import gather

    clusters = None if duplicates is None else read_clusters(duplicates)
    finder = _finder(count) if clusters is None else None
    skipped = skip_and_tell()
    batches = read_tagged(announce_stdin(tagged), model, options, keep=[split] if split else [], on_error=skipped)
    frame = gather(show_progress(batches), finder)
    report_skipped(skipped)
    if not len(frame):
        raise Error("there is no article to count")
    if split and frame[split].isna().all():
        raise UsageError(f"no article has {split!r}: tag the articles with `predict --keep {split}`")
    if frame["date"].isna().all():
        raise UsageError("no article has a date: tag the articles with `predict --keep date`, or see --date-column")
    if clusters is not None:
        return _join(frame, clusters, duplicates)
    if count == "once" and "first" not in frame:
        raise UsageError("reprints cannot be found without texts: add --duplicates, or tag with `predict --keep text`")
    return frame


def _join(frame: "pd.DataFrame", clusters: "pd.DataFrame", path: Path | None) -> "pd.DataFrame":
    """Return the articles with what a table of reprints tells; say which it does not know."""
    from classifier.trends.counting import join_clusters

    joined: pd.DataFrame = join_clusters(frame, clusters)
    unknown = int(joined["cluster"].isna().sum())
    if unknown == len(joined):
        raise UsageError(f"no article is in {path}: do their ids agree?")
    if unknown:
        say(f"{number_of(unknown, 'article')} not in {path}: taken for no reprints")
    return joined


def _finder(count: str | None) -> "ClusterFinder | None":
    """Return what finds reprints; if it is not installed and nobody asked for it, say so."""
    from classifier.duplicates.finding import ClusterFinder

    try:
        return ClusterFinder()
    except UsageError as error:
        if count is not None:
            raise
        say(f"reprints are counted every time: {error}")
        return None


def _known_topic(topic: str, frame: "pd.DataFrame") -> str:
    known = {*taxonomy(), *(topic for topics in frame["topics"] for topic in topics)}
    topic = id_of_name(topic, known) or topic
    check_known(topic, known)
    return topic


def _facts(
    found: "Study",
    frame: "pd.DataFrame",
    plan: "Plan",
    min_articles: int,
    model: Path | None,
    tagged: Sequence[Path],
) -> "Facts":
    """Return what the page says about what was counted."""
    from datetime import date

    from classifier.storage.model_folder import shipped_folder
    from classifier.trends.page import Facts

    counts = found.counts
    return Facts(
        by=plan.by,
        split=plan.split or "",
        count="once" if plan.once else "all",
        reprints_known="first" in frame,
        reprints=counts.folded if plan.once else counts.repeats,
        articles=int(counts.blocks["number"].sum()),
        undated=counts.undated,
        unjudged=counts.unjudged,
        checked=found.read,
        min_articles=min_articles,
        created=date.today().isoformat(),
        model=(model or shipped_folder()).name,
        sources=", ".join(str(path) for path in tagged),
    )


def _sum_up(found: "Study", frame: "pd.DataFrame", plan: "Plan", *, has_labels: bool) -> None:
    """Say what was counted, what was left out, and what the shares are worth."""
    counts = found.counts
    first, last = found.shares["period"].iloc[[0, -1]]
    left_out = {
        "reprints": counts.folded if plan.once else 0,
        "without a date": counts.undated,
        "not judged": counts.unjudged,
    }
    told = ", ".join(f"{number:,} {what}" for what, number in left_out.items() if number)
    counted = number_of(int(counts.blocks["number"].sum()), "article")
    say(f"{counted} counted, {first} to {last}" + (f"; left out: {told}" if told else ""))
    if "first" not in frame:
        say("reprints are not known, and counted every time: add --duplicates (see `news-topics duplicates`)")
    if not has_labels:
        say("shares are not corrected for the classifier's errors: let a person read 100 to 300 articles (--checked)")
        return
    shown = set(found.shares["topic"])
    rare = [topic for topic in shown if topic not in found.checked or not found.checked[topic].is_enough]
    say(
        f"corrected by {number_of(found.read, 'article')} that were read; "
        f"{len(rare)} of {number_of(len(shown), 'topic')} too rare among them to be corrected"
    )
