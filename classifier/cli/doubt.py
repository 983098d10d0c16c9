"""``news-topics doubt``: labels to read again."""

from pathlib import Path
from typing import Any

import click

from classifier.cli.console import number_of, report_skipped, say, show_table, skip_and_tell
from classifier.cli.options import (
    PATH,
    announce_stdin,
    check_tasks_output,
    column_options,
    force_option,
    from_option,
    model_option,
    read_options,
    required_labels_option,
    tasks_options,
)
from classifier.errors import Error

_SHOWN = 10  # labels in the table


@click.command()
@click.argument("archive", nargs=-1, required=True, type=PATH)
@required_labels_option
@click.option(
    "--number",
    "-n",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="Articles to read again, at most.",
)
@tasks_options
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="ID",
    help="Compare this topic alone, instead of all that are known; repeatable.",
)
@model_option
@force_option
@from_option
@column_options
def doubt(
    archive: tuple[Path, ...],
    labels: tuple[Path, ...],
    number: int,
    output: Path,
    tool: str | None,
    topics: tuple[str, ...],
    model: Path | None,
    force: bool,
    **options: Any,
) -> None:
    """Find the labels that are most likely wrong, and write their articles for the readers' tool, to be read again.

    A model that did not see a label judges it: the model, corrected by all other labels; or, if it was trained on
    these, one that is fitted to the others alone. A label is doubtful if a topic that it gives is unlikely, or one that
    it does not give is likely. The note in the file tells what the label says, and the topic which one is doubtful.

    A label says all topics of an article. If your readers looked for some topics only, name these with --topic.

    \b
    news-topics doubt archive/ --labels labels.csv -o again.xlsx
    news-topics labels again.xlsx -o second.csv                  take what was read again
    news-topics train news.csv --labels labels.csv --labels second.csv -o my-model
    """  # noqa: D301
    from classifier.annotation.doubt import find_doubts
    from classifier.annotation.tasks import write_tasks
    from classifier.data.corpus import read_labels
    from classifier.data.reading import read
    from classifier.storage.model_folder import read_manifest
    from classifier.topics import taxonomy_order

    check_tasks_output(output, tool, [*archive, *labels], force=force)
    known = read_labels(labels)
    skipped = skip_and_tell()
    articles = read(announce_stdin(archive), read_options(**options), on_error=skipped)
    doubts = find_doubts(model, known, articles, topics, progress=say)
    report_skipped(skipped)
    tasks = doubts.tasks(number)
    compared = f"{number_of(len(doubts.articles), 'label')} of {number_of(len(doubts.classes), 'topic')}"
    if not tasks:
        raise Error(f"there is nothing to read again: the model disagrees with none of {compared}")
    given = {topic for topics in known.values() for topic in topics}
    classes = read_manifest(model)["topics"]
    check_tasks_output(output, tool, [*archive, *labels], force=force)  # somebody may have made it in the meantime
    write_tasks(output, tasks, [*classes, *taxonomy_order(given - set(classes))], tool)
    show_table(doubts.table(_SHOWN), "table")
    say(
        f"the model disagrees with {len(doubts.ranked()):,} of {compared}; "
        f"{number_of(len(tasks), 'article')} to read again written to {output}"
    )
