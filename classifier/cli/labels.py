"""``news-topics labels``: what people said about the articles they read, as a table to train on."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier.cli.console import number_of, rich_console, say, show_table
from classifier.cli.options import PATH, force_option, model_option
from classifier.errors import Error, UsageError
from classifier.topics import id_of_name, taxonomy

if TYPE_CHECKING:
    from classifier.annotation.readings import Readings

_SHOWN = 10  # disputed articles


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--output", "-o", type=PATH, required=True, metavar="FILE.csv", help="Table of labels to write.")
@click.option("--topic", "topics", multiple=True, metavar="NEW", help="Allow a topic beside the 45; repeatable.")
@model_option
@force_option
def labels(files: tuple[Path, ...], output: Path, topics: tuple[str, ...], model: Path | None, force: bool) -> None:
    """Collect the topics that people gave to the articles of a queue.

    FILES are what came back: Excel sheets, CSV (as Excel saves it too), exports of Label Studio (JSON, JSON-MIN, CSV),
    of doccano (JSONL, a file for each reader) and of Prodigy (JSONL). They may be of several readers, whose names are
    in the files or are the files' names. Topics may be ids, Russian or English names; --model allows those of a model.

    The table has a row for each article that was read: id, topics (of more than half of its readers), chosen, readers,
    and disputed (topics that not all gave). An article without a topic counts as read if the column "read" says so, if
    it was submitted, or if its label is «Нет темы» in doccano. Pass the table to train with --labels.
    """
    from classifier.annotation.labels_table import write_labels
    from classifier.annotation.names import TopicNames
    from classifier.annotation.readings import collect_readings
    from classifier.storage.model_folder import read_manifest
    from classifier.storage.paths import check_output

    if output.suffix.lower() != ".csv":
        raise UsageError(f"{output} does not end in .csv, as a table of labels does: name another file")
    if output.is_file() and not force:
        raise UsageError(f"{output} exists, and may hold corrections: name another file, or replace it with --force")
    check_output(output, files, lambda _: True, force=force)
    known = [*taxonomy(), *(read_manifest(model)["topics"] if model else []), *map(_new_topic, topics)]
    readings = collect_readings(files, TopicNames(known))
    collected = readings.labels()
    if not collected:
        unread = number_of(readings.unread(), "article")
        raise Error(f"nobody has read an article ({unread} not read): give topics, or fill in the column 'read'")
    if output.is_file() and not force:
        raise UsageError(f"{output} has appeared in the meantime: name another file, or replace it with --force")
    write_labels(output, collected)
    _show_agreement(readings)
    empty = sum(not label.topics for label in collected)
    readers = number_of(len(readings.readers()), "reader")
    if tied := sum(map(readings.is_tied, collected)):
        say(
            f"on {number_of(tied, 'article')} as many readers gave a topic as did not, so it does not stand: let one "
            "more person read these, or write the topics into the table"
        )
    say(
        f"{number_of(len(collected), 'article')} read ({empty:,} without a topic), {readings.unread():,} not read, "
        f"{readers}; labels written to {output}"
    )


def _new_topic(topic: str) -> str:
    from classifier.annotation.tasks import NO_TOPIC

    if not topic.strip() or set(topic) & set(";\n\r"):
        raise UsageError(f"--topic {topic!r} cannot be a topic: it is empty, or has ';' or a line break")
    if topic.strip().casefold() == NO_TOPIC.casefold():
        raise UsageError(f"--topic {topic!r} cannot be a topic: it says that an article has none")
    if (known := id_of_name(topic.strip(), taxonomy())) is not None:
        say(f"{topic.strip()!r} is taken for the new topic of --topic, no longer for the name of {known!r}")
    return topic.strip()


def _show_agreement(readings: "Readings") -> None:
    """Print how far readers agree, and the first articles about which they do not."""
    from classifier.annotation.agreement import agreement, disputes

    several = sum(label.readers > 1 for label in readings.labels())
    if not several:
        return
    disputed = sum(bool(label.disputed) for label in readings.labels())
    console = rich_console()
    console.print(f"Read by several: {number_of(several, 'article')}; they disagree about {disputed:,}")
    show_table(agreement(readings), "table")
    if disputed:
        console.print()
        show_table(disputes(readings, _SHOWN), "table")
