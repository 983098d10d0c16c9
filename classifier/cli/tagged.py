"""Tagged articles for the commands that count or show them: of some days, with their reprints, and what was read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier.cli.console import number_of, report_skipped, say, show_progress, skip_and_tell
from classifier.cli.options import Command, announce_stdin
from classifier.data.articles import ReadOptions
from classifier.errors import Error, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from classifier.duplicates.finding import ClusterFinder


def days_options(command: Command) -> Command:
    """Add the options that say from which days articles are taken."""
    for option in (
        click.option("--date-column", default="date", show_default=True, help="Column of the dates."),
        click.option("--until", metavar="DAY", help="Only articles up to this day."),
        click.option("--since", metavar="DAY", help="Only articles from this day on, such as 2024-05-01 or 1.5.2024."),
    ):
        command = option(command)
    return command


def parse_days(since: str | None, until: str | None) -> tuple[date | None, date | None]:
    """Return the days that `days_options` name: a `UsageError` if one is none."""
    return _parse_day(since, "--since"), _parse_day(until, "--until")


def _parse_day(day: str | None, option: str) -> date | None:
    from classifier.data.dates import written_day

    if day is not None and written_day(day) is None:
        raise UsageError(f"{option} {day!r} is no day: write it as 2024-05-01 or 1.5.2024")
    return None if day is None else written_day(day)


def between(frames: "Iterable[pd.DataFrame]", since: date | None, until: date | None) -> "Iterator[pd.DataFrame]":
    """Yield the articles of some days; if any day is named, those without a date are left out."""
    from classifier.data.dates import written_day

    for frame in frames:
        if since is None and until is None:
            yield frame
            continue
        days = [written_day(written) for written in frame["date"]]
        first, last = since or date.min, until or date.max
        yield frame[[day is not None and first <= day <= last for day in days]]


def read_frame(
    tagged: Sequence[Path],
    model: Path | None,
    options: ReadOptions,
    days: tuple[str | None, str | None],
    split: str | None,
    duplicates: Path | None,
    count: str | None,
) -> "pd.DataFrame":
    """Return tagged articles without their texts, with their reprints if these are known or can be found.

    Parameters
    ----------
    tagged, model, options
        As in `classifier.tagging.tagged.read_tagged`.
    days
        The first and the last day; None: all.
    split
        Column that must be there; None: that of the outlets is kept if it is there.
    duplicates
        Table of reprints; None: they are found if there are texts.
    count
        ``once``: refuse to go on if reprints stay unknown.
    """
    from dataclasses import replace

    from classifier.duplicates.tables import read_clusters
    from classifier.model.predictor import cached_predictor
    from classifier.tagging.tagged import read_tagged
    from classifier.trends.study import gather

    span = parse_days(*days)
    _check_column("--split", split)
    _check_column("--date-column", options.columns.date, "date")
    clusters = None if duplicates is None else read_clusters(duplicates)
    finder = _finder(count) if clusters is None else None
    skipped = skip_and_tell()
    columns = options.columns._replace(optional=tuple(dict.fromkeys([split or options.columns.source])))
    batches = read_tagged(announce_stdin(tagged), model, replace(options, columns=columns), on_error=skipped)
    frame = gather(
        between(show_progress(batches), *span), finder, lambda texts: cached_predictor(model).has_seen(texts)
    )
    report_skipped(skipped)
    if not len(frame):
        raise Error(f"there is no article to count{' between these days' if any(days) else ''}")
    if split and frame[split].isna().all():
        raise UsageError(f"no article has {split!r}: name another column, or tag with `predict --keep {split}`")
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


def _check_column(option: str, name: str | None, *allowed: str) -> None:
    """Refuse a column that tells something else, or has no name: a `UsageError`."""
    taken = {"id", "title", "text", "topics", "topic", "probabilities", "note", "date", "seen", "cluster", "first"}
    if name == "" or name in taken - set(allowed):
        raise UsageError(f"{option} {name!r} cannot be: name a column of your own, such as that of the outlets")


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


def read_checked(path: Path) -> dict[str, list[str]]:
    """Return the topics of articles that were read; only of those chosen at random, if the table tells that."""
    from classifier.data.articles import AT_RANDOM
    from classifier.data.corpus import read_chosen, read_labels
    from classifier.tagging.tagged import holds_answers

    if holds_answers(path):
        raise UsageError(f"{path} holds answers of a model, not what a person has read: name a table of labels")
    labels, chosen = read_labels([path]), read_chosen([path])
    if not any(chosen.values()):
        say(f"{path} does not say how its articles were chosen: shares are right only if that was at random")
        return labels
    at_random = {id: topics for id, topics in labels.items() if AT_RANDOM in chosen[id]}
    if not at_random:
        raise UsageError(
            f"no article of {path} was chosen at random, so they would bend the shares: read some that "
            "`news-topics queue --random` chooses"
        )
    if others := len(labels) - len(at_random):
        say(f"{number_of(others, 'article')} of {path} not chosen at random: left out, as they would bend the shares")
    return at_random


def leave_out_seen(labels: dict[str, list[str]], frame: "pd.DataFrame") -> dict[str, list[str]]:
    """Return the labels of articles that the model was not trained on, as far as texts tell that."""
    seen = set(frame.loc[frame["seen"], "id"]) & set(labels)
    if seen:
        say(
            f"{number_of(len(seen), 'checked article')} left out: the model was trained on them, and errs less there "
            "than elsewhere"
        )
    return {id: topics for id, topics in labels.items() if id not in seen}
