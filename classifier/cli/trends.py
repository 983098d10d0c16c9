"""``news-topics trends``: how large a share of the news each topic has, over time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import number_of, say, show_table
from classifier.cli.options import (
    PATH,
    column_options,
    force_option,
    from_option,
    language_option,
    model_option,
    open_numbers,
    read_options,
)
from classifier.cli.tagged import days_options, leave_out_seen, read_checked, read_frame
from classifier.data.articles import STDIN
from classifier.data.writers.frame import FRAME_FORMATS, frame_format, write_frame
from classifier.errors import UsageError
from classifier.topics import NAME_KINDS, check_known, id_of_name, taxonomy, topic_name

if TYPE_CHECKING:
    import pandas as pd

    from classifier.trends.changes import Mix
    from classifier.trends.counting import Plan
    from classifier.trends.page import Facts
    from classifier.trends.study import Study

_PERIODS = ["day", "week", "month", "quarter", "year"]  # as in `classifier.trends.periods`, which imports pandas
_LISTED = 5  # topics that a message lists


@click.command()
@click.argument("tagged", nargs=-1, required=True, type=PATH)
@click.option("--by", type=click.Choice(_PERIODS), default="month", show_default=True, help="Period to count by.")
@click.option("--split", metavar="COLUMN", help="Count the values of this column apart: the outlets, say.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Count only this topic; repeatable.")
@click.option("--output", "-o", type=PATH, metavar="FILE", help="Table to write: .csv, .xlsx, .parquet or .jsonl.")
@click.option("--html", type=PATH, metavar="FILE", help="Page to write, with charts; needs matplotlib.")
@click.option(
    "--format",
    type=click.Choice(FRAME_FORMATS),
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
@click.option("--names", type=click.Choice(NAME_KINDS), help="Add the names of the topics to the table.")
@language_option
@model_option
@force_option
@from_option
@days_options
@click.option("--source-column", default="source", show_default=True, help="Column of the outlets, if any.")
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
    since: str | None,
    until: str | None,
    names: Any,
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
    from classifier.storage.atomic import atomic_write
    from classifier.trends import examples
    from classifier.trends.counting import Plan
    from classifier.trends.shares import SHARES
    from classifier.trends.study import StudyOptions, study, summary

    output = None if output == Path(STDIN) else output
    sources = [*tagged, *filter(None, [duplicates, checked])]
    replaced = [path for path in (output, html) if path is not None and path.is_file()]
    _check_outputs(output, html, sources, force=force)
    format = frame_format(output, format) if output or format or not html else None
    if html is not None:
        from classifier.pages.messages import default_language
        from classifier.trends.page import render_page  # says at once if matplotlib is missing
    labels = None if checked is None else read_checked(checked)
    frame = read_frame(tagged, model, read_options(**options), (since, until), split, duplicates, count)
    labels = None if labels is None else leave_out_seen(labels, frame)
    plan = Plan(by, split, "first" in frame and count != "all")
    chosen = [_known_topic(topic, frame) for topic in topics] or None
    found = study(frame, StudyOptions(plan, chosen, min_articles), labels)
    mix = _mix(frame, plan, options["source_column"])
    if html is not None:
        facts = _facts(found, frame, plan, mix, min_articles, model, tagged)
        surest = examples(frame, by, split=split, topics=chosen)
        with atomic_write(html) as file:
            file.write(render_page(found.shares, found.changes, surest, facts, language or default_language()))
    if format == "table":
        show_table(summary(found), "table")
    elif format is not None:
        write_frame(_named(found.shares, names), output, format, shares=SHARES)
    _sum_up(found, frame, plan, labels)
    _tell_gaps(found.shares, min_articles)
    _tell_mix(mix)
    for path in filter(None, [output, html]):
        say(f"written: {path}" + (", which replaces an earlier file" if path in replaced else ""))


def _check_outputs(output: Path | None, html: Path | None, sources: Sequence[Path], *, force: bool) -> None:
    """Refuse outputs that would destroy something, before any work is done."""
    from classifier.storage.paths import check_not_read, check_output
    from classifier.trends.shares import is_shares

    if output is not None and html is not None and output.absolute() == html.absolute():
        raise UsageError(f"--output and --html are both {output}: name two files")
    check_not_read(1, open_numbers(sources))
    if output is not None:
        check_output(output, open_numbers(sources), is_shares, force=force)
    if html is not None:
        from classifier.pages import is_page_of_ours

        check_output(html, open_numbers(sources), is_page_of_ours, force=force)


def _named(shares: "pd.DataFrame", names: Any) -> "pd.DataFrame":
    """Return the table with the names of the topics, if they are asked for."""
    if names is None:
        return shares
    shown = shares.copy()
    shown.insert(list(shares).index("topic") + 1, "name", [topic_name(topic, names) for topic in shares["topic"]])
    return shown


def _known_topic(topic: str, frame: "pd.DataFrame") -> str:
    known = {*taxonomy(), *(topic for topics in frame["topics"] for topic in topics)}
    topic = id_of_name(topic, known) or topic
    check_known(topic, known)
    return topic


def _mix(frame: "pd.DataFrame", plan: "Plan", column: str) -> "Mix | None":
    """Return how outlets changed in the meantime, if they are counted together; None if they did not."""
    from classifier.trends.changes import mix_of

    return mix_of(frame, column, plan) if plan.split is None and column in frame else None


def _tell_mix(mix: "Mix | None") -> None:
    if mix is not None:
        parts = f"{mix.earlier:.0%} of the articles in the first half of the time and {mix.later:.0%} in the second"
        say(f"{mix.name!r} had {parts}: what rose or fell may be that; --split {mix.column} counts outlets apart")


def _facts(
    found: "Study",
    frame: "pd.DataFrame",
    plan: "Plan",
    mix: "Mix | None",
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
        mix=mix,
        created=date.today().isoformat(),
        model=(model or shipped_folder()).name,
        sources=", ".join(str(path) for path in tagged),
    )


def _sum_up(found: "Study", frame: "pd.DataFrame", plan: "Plan", labels: "Mapping[str, Sequence[str]] | None") -> None:
    """Say what was counted, what was left out, and what the shares are worth."""
    counts = found.counts
    first, last = found.shares["period"].iloc[[0, -1]]
    left_out = [
        number_of(counts.folded, "reprint") if plan.once and counts.folded else "",
        f"{counts.undated:,} without a date" if counts.undated else "",
        f"{counts.unjudged:,} not judged" if counts.unjudged else "",
    ]
    told = ", ".join(filter(None, left_out))
    counted = number_of(int(counts.blocks["number"].sum()), "article")
    say(f"{counted} counted, {first} to {last}" + (f"; left out: {told}" if told else ""))
    if "first" not in frame:
        say("reprints are not known, and counted every time: add --duplicates (see `news-topics duplicates`)")
    if labels is None:
        say("shares are not corrected for the classifier's errors: let a person read 100 to 300 articles (--checked)")
    else:
        _sum_up_checked(found, len(labels), is_split=plan.split is not None)


def _tell_gaps(shares: "pd.DataFrame", min_articles: int) -> None:
    """Say how many periods have too few articles for a share, and how they could have one."""
    sizes = shares.groupby(["period", "group"])["all_articles"].first()
    few = int((sizes < min_articles).sum())
    if few:
        some = f"all {few:,}" if few == len(sizes) else f"{few:,} of {len(sizes):,}"
        unit = "periods" if shares["group"].nunique() == 1 else "periods of groups"
        say(f"{some} {unit} have under {min_articles:,} articles and so no shares: --by longer ones, or --min-articles")


def _sum_up_checked(found: "Study", given: int, *, is_split: bool) -> None:
    """Say by how many articles shares were corrected, and which were not."""
    from classifier.trends.checking import MIN_CHECKED

    shown = list(dict.fromkeys(found.shares["topic"]))
    rare = [topic for topic in shown if topic not in found.checked or not found.checked[topic].is_enough]
    together = ", the same for all groups" if is_split else ""
    others = f"; {given - found.read:,} others are not among those counted" if given > found.read else ""
    say(f"corrected by {number_of(found.read, 'article')} that were read{together}{others}")
    if rare:
        listed = ", ".join(rare[:_LISTED]) + (f" and {len(rare) - _LISTED:,} more" if len(rare) > _LISTED else "")
        say(
            f"too rare to be corrected are {len(rare):,} of {number_of(len(shown), 'topic')}: {listed}; a topic needs "
            f"{MIN_CHECKED} articles read that have it, and {MIN_CHECKED} that get it"
        )
    if len(found.changes):
        say("what rose and fell is told of shares as they are counted, not of corrected ones")
