"""``news-topics top``: the articles that the model is surest about."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import report_skipped, say, show_progress, show_table, skip_and_tell
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    format_option,
    from_option,
    model_option,
    read_options,
)
from classifier.cli.tagged import between, days_options, parse_days
from classifier.data.answers import DIGITS

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument("topic")
@click.argument("tagged", nargs=-1, required=True, type=PATH)
@click.option("-n", "number", type=click.IntRange(min=1), default=20, show_default=True, help="Articles to show.")
@days_options
@format_option("table", "csv", "json")
@model_option
@from_option
@column_options
def top(
    topic: str,
    tagged: tuple[Path, ...],
    number: int,
    since: str | None,
    until: str | None,
    date_column: str,
    format: str,
    model: Path | None,
    **options: Any,
) -> None:
    """Show the articles of TAGGED that are surest about TOPIC, and the words that earned it.

    TOPIC is an id, or a Russian or English name. TAGGED are files that `predict` wrote, or articles, which are tagged
    first. Words are told of articles whose text is there; the number behind a word is what it adds to the score. Of
    articles with the same words, one is shown.

    \b
    news-topics predict archive/ --keep date --keep title --keep text -o tagged.parquet
    news-topics top defense-cooperation tagged.parquet -n 10
    news-topics top "Спорт" archive/ --since 2024-05-01 --format csv > sport.csv
    """  # noqa: D301
    from classifier.storage.model_folder import read_manifest
    from classifier.tagging.tagged import read_tagged
    from classifier.trends.top import top_of

    span = parse_days(since, until)
    known = read_manifest(model)["topics"]
    skipped = skip_and_tell()
    chosen = read_options(date_column=date_column, **options)
    frames = read_tagged(announce_stdin(tagged), model, chosen, on_error=skipped)
    found = top_of(between(show_progress(frames), *span), topic, number, model=model, known=known)
    report_skipped(skipped)
    found = found.assign(
        date=[_day(written) for written in found["date"]], probability=found["probability"].round(DIGITS)
    )
    if not found["words"].any():
        say("no words are told: there are no texts (`predict --keep text` keeps them), or the model lacks the topic")
    show_table(_for_people(found) if format == "table" else found.set_index("id"), format)


def _day(written: Any) -> str:
    """Return a date as it is written, an empty string for a gap."""
    known = written is not None and written == written  # NaN and NaT differ from themselves
    return str(written).removesuffix(" 00:00:00") if known else ""


def _for_people(found: "pd.DataFrame") -> "pd.DataFrame":
    """Return the columns that people read."""
    shown = found.set_index("probability")
    return shown[[name for name in ("date", "id", "title", "words") if shown[name].any()]]
