"""``news-topics topics``: the topics of a model, and the words it has learned for them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier.cli.console import emit, rich_console, show_table
from classifier.cli.options import format_option, model_option
from classifier.errors import UsageError, one_line
from classifier.topics import NAME_KINDS, taxonomy, topic_name

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@model_option
@click.option("--definitions", is_flag=True, help="Say what belongs to each topic, in Russian and English.")
@click.option(
    "--words", type=click.IntRange(min=1), metavar="N", help="List the N strongest words for and against each topic."
)
@format_option("table", "json", "csv", "skos")
def topics(model: Path | None, definitions: bool, words: int | None, format: str) -> None:
    """List the topics of a model.

    Prints their names, Russian and English, and the IPTC Media Topics; JSON and CSV contain the definitions too, and
    SKOS, a thesaurus in Turtle, says how the topics relate to Media Topics. With
    --words: what the model has learned. The weight of a word is what a text of that one word adds to the score, in
    log-odds.
    """
    from classifier.storage.model_folder import read_manifest

    if words is not None and format == "skos":
        raise UsageError("--words and --format skos cannot be combined: a thesaurus has no weights")
    if words is not None and definitions:
        raise UsageError("--words and --definitions cannot be combined")
    if words is not None:
        from classifier.model.attribution import strongest_lemmas
        from classifier.model.predictor import load_predictor

        _show_words(strongest_lemmas(load_predictor(model), words), format)
    elif format == "skos":
        from classifier.data.skos import to_turtle

        emit(to_turtle(read_manifest(model)["topics"]))
    elif definitions and format == "table":
        _show_definitions(read_manifest(model)["topics"])
    else:
        show_table(_topic_table(read_manifest(model)["topics"], definitions=format != "table"), format)


def _topic_table(topics: list[str], *, definitions: bool) -> "pd.DataFrame":
    """Return a row for each topic: its names and, if asked for, its definitions."""
    import pandas as pd

    rows = []
    for topic in topics:
        known = taxonomy().get(topic)
        row: dict[str, str] = {"topic": topic}
        row |= {kind: topic_name(topic, kind) for kind in NAME_KINDS}
        if definitions:
            row |= {f"definition_{language}": getattr(known, f"definition_{language}", "") for language in ("ru", "en")}
        rows.append(row)
    return pd.DataFrame(rows).set_index("topic")


def _show_definitions(topics: list[str]) -> None:
    from rich.text import Text

    console = rich_console()
    for topic in topics:
        known = taxonomy().get(topic)
        name = topic_name(topic, "ru")
        console.print(Text.assemble((one_line(name), "bold"), "  ", (one_line(topic), "cyan")))
        console.print(Text(f"  {known.definition_ru}\n  {known.definition_en}" if known else "  no definition"))


def _show_words(table: "pd.DataFrame", format: str) -> None:
    """Print the words of each topic; for people in two paragraphs, words for the topic and words against it."""
    if format != "table":
        show_table(table.set_index("topic"), format)
        return
    from rich.text import Text

    console = rich_console()
    for topic, rows in table.groupby("topic", sort=False):
        console.print(Text(one_line(str(topic)), "bold"))
        for side, chosen in (("for", rows[rows.weight > 0]), ("against", rows[rows.weight < 0])):
            words = ", ".join(
                f"{lemma} {weight:+.1f}" for lemma, weight in zip(chosen.lemma, chosen.weight, strict=True)
            )
            console.print(Text.assemble(f"  {side:9}", words))
