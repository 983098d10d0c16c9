"""``news-topics compare``: how far an archive is like what the model knows."""

import json
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import emit, number_of, progress_bar, report_skipped, rich_console, say, skip_and_tell
from classifier.cli.options import (
    PATH,
    announce_stdin,
    column_options,
    format_option,
    from_option,
    model_option,
    read_options,
)
from classifier.errors import Error, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from classifier.comparison import Comparison
    from classifier.data.articles import Article

_DATE = "date"
_SEEN = 0.01  # of an archive; fewer articles change no figure
_FEW = 100  # judged articles: a share of 5 % is then known to about 2 %
_SAID = {
    "not_judged": "articles that cannot be judged",
    "unknown_words": "words unknown to the model",
    "no_topic": "articles without a topic",
    "margin": "margin of the surest topic",
    "expected_precision": "expected precision",
    "words": "words in an article",
}
_SHARES = ("not_judged", "unknown_words", "no_topic", "expected_precision")


@click.command()
@click.argument("archive", nargs=-1, required=True, type=PATH)
@click.option("-n", "words", type=click.IntRange(min=1), default=15, show_default=True, help="Words of each kind.")
@click.option("--date-column", default=_DATE, show_default=True, help="Column of the dates, if any.")
@format_option("table", "json")
@model_option
@from_option
@column_options
def compare(
    archive: tuple[Path, ...], words: int, date_column: str, format: str, model: Path | None, **options: Any
) -> None:
    """Tell how ARCHIVE compares with what the model knows.

    Each measure stands beside its range over outlets that the model had not seen when it was measured on them: each
    outlet of the training news was left out in turn.

    \b
    articles that cannot be judged  not Russian, or no words; they do not count in the others
    words unknown to the model      of those that are neither numbers nor function words
    articles without a topic        of those that can be judged
    margin of the surest topic      log-odds above the topic's threshold, in the mean
    expected precision              mean probability of the topics given: how many of them
                                    are right, if the calibration holds in this archive
    words in an article             short ones give the model little to go by

    Then come the words that are typical of the archive, and those that grow in its articles without a topic (without
    dates: those that are typical of them), which are candidates for a topic of your own.

    \b
    news-topics compare archive/
    news-topics compare archive/ --format json > compared.json
    """  # noqa: D301
    from classifier.comparison.archive import compare_articles
    from classifier.comparison.measures import check_reference
    from classifier.data.articles import batched
    from classifier.data.reading import read
    from classifier.model.predictor import read_with_manifest

    predictor, manifest = read_with_manifest(model)
    reference = check_reference(manifest)
    chosen = read_options(date_column=date_column, **options)
    chosen = replace(chosen, columns=chosen.columns._replace(optional=(date_column,)))
    skipped = skip_and_tell()
    articles = read(announce_stdin(archive), chosen, on_error=skipped)
    found = compare_articles(_progress(batched(articles)), predictor, reference, date=date_column, words=words)
    report_skipped(skipped)
    if not found.judged:
        raise Error(_nothing(found))
    _tell_limits(found, date_column)
    if format == "json":
        emit(json.dumps(_plain(found, reference), ensure_ascii=False, indent=1))
        return
    _show_measures(found, reference, extended=bool(manifest.get("extensions")))
    _show_words(found)


def _progress(batches: "Iterable[list[Article]]") -> "Iterator[list[Article]]":
    """Yield batches and count their articles in a progress bar."""
    with progress_bar(0, "articles") as advance:
        for batch in batches:
            yield batch
            advance(len(batch))


def _nothing(found: "Comparison") -> str:
    """Say why there is nothing to compare."""
    if not found.articles:
        return "there is no article to compare: the archive is empty"
    return (
        f"none of {number_of(found.articles, 'article')} can be judged, so there is nothing to compare: they are not "
        "Russian, have a wrong encoding (see --encoding) or no words; `news-topics predict` notes which"
    )


def _tell_limits(found: "Comparison", date_column: str) -> None:
    """Say what makes the figures less certain, or better than they will be elsewhere."""
    if found.judged < _FEW:
        say(f"only {number_of(found.judged, 'article')}: with fewer than {_FEW}, shares are rough")
    if found.seen >= _SEEN * found.judged:
        say(
            f"the model was trained on {found.seen:,} of these articles, and knows more of them than of others: on new "
            "articles the figures are worse"
        )
    if found.untagged and not found.since and date_column != _DATE:
        say(f"column {date_column!r} of --date-column tells too few dates to say which words grow, or all are the same")


def _show_measures(found: "Comparison", reference: dict[str, dict[str, float]], *, extended: bool) -> None:
    """Print each measure beside its range over outlets never seen."""
    from rich.table import Table
    from rich.text import Text

    console = rich_console()
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("this archive", justify="right", no_wrap=True)
    if reference:
        table.add_column("outlets never seen", justify="right", no_wrap=True)
        table.add_column("")
    for name, row in found.measures.iterrows():
        cells = [_SAID[str(name)], _number(str(name), row["archive"])]
        if reference:
            cells += [f"{_number(str(name), row['low'])} to {_number(str(name), row['high'])}", row["place"]]
        table.add_row(*map(Text, cells))
    console.print(number_of(found.articles, "article"))
    console.print(table)
    console.print("What these measures are: news-topics compare --help.", markup=False)
    if found.measures["place"].str.startswith("worse").any():
        console.print(
            "Before you rely on topics here, measure: news-topics queue ARCHIVE --random -n 100, then `labels` and "
            "`evaluate`; `extend` corrects.",
            markup=False,
        )
    if not reference:
        console.print("The model holds no reference to compare with: it was trained on fewer than 3 known outlets.")
        return
    _show_reference(reference, extended=extended)


def _show_reference(reference: dict[str, dict[str, float]], *, extended: bool) -> None:
    """Print which outlets the model had not seen, and how far the expected precision was right there."""
    from classifier.comparison.measures import calibration_errors

    console = rich_console()
    listed = one_line(", ".join(sorted(reference)))
    base = " by the model before it was extended" if extended else ""
    console.print(f"Outlets never seen: each left out of training in turn, and measured{base}: {listed}.")
    if errors := calibration_errors(reference):
        mean, worst = 100 * sum(errors.values()) / len(errors), max(errors, key=errors.__getitem__)
        console.print(
            f"There, the expected precision was {mean:.1f} points from the true one in the mean, "
            f"{100 * errors[worst]:.1f} at most ({one_line(worst)}).",
            markup=False,
        )


def _number(name: str, value: float) -> str:
    """Return a measure as people write it."""
    if not isfinite(value):
        return "-"
    if name == "words":
        return f"{value:.0f}"
    return f"{100 * value:.1f} %" if name in _SHARES else f"{value:.2f}"


def _show_words(found: "Comparison") -> None:
    """Print the typical words, and the candidates for a new topic with the next step."""
    console = rich_console()
    console.print("\nWords typical of this archive, beside the news that the model's lexicon was learned from:")
    _print_words(found.typical, "articles here", "articles there")
    if not found.untagged:
        console.print("\nEvery article has a topic.")
        return
    untagged = number_of(found.untagged, "article")
    if found.since:
        console.print(f"\nWords that grow in the {untagged} without a topic, candidates for a topic of your own:")
        _print_words(found.candidates, f"from {found.since}", "before")
    else:
        console.print(f"\nWords typical of the {untagged} without a topic, candidates for a topic of your own:")
        _print_words(found.candidates, "without a topic", "with one")
    if len(found.candidates):
        word = one_line(str(found.candidates.index[0]))
        console.print(
            f"\nTo learn one: news-topics queue ARCHIVE --topic NEW-ID --phrase {word} -o queue.csv, then `labels` and "
            "`extend`.",
            markup=False,
        )


def _print_words(words: "pd.DataFrame", here: str, there: str) -> None:
    """Print words with their shares, how many times as often they occur, and an example if there is one."""
    from rich.table import Table
    from rich.text import Text

    console = rich_console()
    if not len(words):
        console.print("  none that at least 5 articles have")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("word", max_width=40)
    for header in (here, there, "times as often"):
        table.add_column(header, justify="right", no_wrap=True)
    if "example" in words:
        table.add_column("for instance", no_wrap=True, overflow="ellipsis")
    for word, row in words.iterrows():
        group = ", ".join(filter(None, (str(word), row.get("together"))))
        shares = (f"{100 * row['share']:.1f} %", f"{100 * row['beside']:.1f} %", f"{row['times']:.1f}")
        table.add_row(*map(Text, (one_line(group), *shares)), *([Text(row["example"])] if "example" in row else []))
    console.print(table)


def _plain(found: "Comparison", reference: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Return all that was found, for JSON."""
    tables = {
        name: json.loads(table.reset_index().to_json(orient="records", double_precision=6))
        for name, table in found._asdict().items()
        if hasattr(table, "to_json")
    }
    return {**found._asdict(), **tables, "reference": reference}
