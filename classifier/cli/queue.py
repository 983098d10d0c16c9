"""``news-topics queue``: the articles that are worth reading next."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import number_of, report_skipped, say, show_progress, skip_and_tell
from classifier.cli.options import (
    PATH,
    announce_stdin,
    check_tasks_output,
    column_options,
    force_option,
    from_option,
    model_option,
    read_options,
    tasks_options,
)
from classifier.errors import Error, UsageError
from classifier.topics import check_id, check_known, id_of_name

if TYPE_CHECKING:
    from classifier.annotation.queue import QueueOptions
    from classifier.annotation.tasks import Task


@click.command()
@click.argument("archive", nargs=-1, required=True, type=PATH)
@click.option("--number", "-n", type=click.IntRange(min=1), default=200, show_default=True, help="Articles to choose.")
@tasks_options
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="ID",
    help="Look for this topic, of the model or a new one, instead of all of the model; repeatable.",
)
@click.option(
    "--phrase",
    "phrases",
    multiple=True,
    metavar="WORDS",
    help="Look for articles with these words, in any form; the way to the first articles of a new topic. Repeatable.",
)
@click.option(
    "--given",
    metavar="ID",
    help="Choose at random among the articles that get this topic, to check it: `evaluate` tells its precision, once "
    "they are read.",
)
@click.option("--random", "only_random", is_flag=True, help="Choose all articles at random, to measure on.")
@click.option(
    "--labels", type=PATH, multiple=True, metavar="FILE", help="Leave out the articles of these labels; repeatable."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another number draws other articles.")
@model_option
@force_option
@from_option
@column_options
def queue(
    archive: tuple[Path, ...],
    number: int,
    output: Path,
    tool: str | None,
    topics: tuple[str, ...],
    phrases: tuple[str, ...],
    given: str | None,
    only_random: bool,
    labels: tuple[Path, ...],
    seed: int,
    model: Path | None,
    force: bool,
    **options: Any,
) -> None:
    """Choose the articles of ARCHIVE that are worth reading next, and write them for the readers' tool.

    A quarter is drawn at random: on these, what comes out can be measured honestly, so readers see no suggestions for
    them. The others are where a reading teaches most: near a topic's threshold, one topic in turn, so that rare ones
    get turns. No two are reprints of one text. What comes back is for `news-topics labels`.

    \b
    news-topics queue archive/ -n 200 -o queue.xlsx
    news-topics queue archive/ -o queue.json                     for Label Studio, with queue.xml
    news-topics queue archive/ --topic arctic --phrase "Северный морской путь" --phrase "ледокол*" -o queue.xlsx
    """  # noqa: D301
    from classifier.annotation.queue import QueueOptions, choose_tasks
    from classifier.annotation.tasks import write_tasks
    from classifier.data.corpus import read_labels
    from classifier.data.reading import read
    from classifier.model.predictor import cached_predictor
    from classifier.tagging.batches import tag_articles

    if (only_random or given) and (topics or phrases or (only_random and given)):
        raise UsageError("--random and --given choose in a way of their own: leave out --topic and --phrase")
    check_tasks_output(output, tool, [*archive, *labels], force=force)
    predictor = cached_predictor(model)  # `tag_articles` takes the same
    if given is not None:
        check_known(given, predictor.classes)
    if only_random or given:
        chosen = QueueOptions(number, random_share=1, given=given or "", seed=seed)
    else:
        chosen = _options(predictor.classes, number, topics, phrases, seed)
    known = frozenset(read_labels(labels) if labels else ())
    skipped = skip_and_tell()
    articles = read(announce_stdin(archive), read_options(**options), on_error=skipped)
    trained = list[int]()
    batches = show_progress(tag_articles(model, articles))
    tasks = choose_tasks(predictor, batches, chosen, read=known, on_known=trained.append)
    report_skipped(skipped)
    _report_known(sum(trained))
    if not tasks:
        raise Error(
            "there is no article to read: all are labelled, the model was trained on them, or none "
            f"{'gets ' + given if given else 'is Russian'}"
        )
    check_tasks_output(output, tool, [*archive, *labels], force=force)  # somebody may have made it in the meantime
    write_tasks(
        output, tasks, [*predictor.classes, *(topic for topic in topics if topic not in predictor.classes)], tool
    )
    _sum_up(tasks, number, output)
    if phrases and len(tasks) < number:
        found = sum(task.chosen == "phrase" for task in tasks)
        say(f"{number_of(found, 'article')} with a phrase of --phrase, and no more: name other phrases")


def _report_known(number: int) -> None:
    if number:
        say(f"{number_of(number, 'article')} left out: the model was trained on {'it' if number == 1 else 'them'}")


def _options(
    classes: list[str], number: int, topics: tuple[str, ...], phrases: tuple[str, ...], seed: int
) -> "QueueOptions":
    """Return which articles are wanted."""
    from classifier.annotation.queue import QueueOptions

    for topic in topics:
        _check_topic(topic, classes, has_phrases=bool(phrases))
    known = [topic for topic in topics if topic in classes]
    if not phrases:
        return QueueOptions(number, topics=known or classes, seed=seed)
    wanted = topics[0] if len(topics) == 1 else ""
    return QueueOptions(number, topics=known, phrases=phrases, phrase_topic=wanted, seed=seed)


def _check_topic(topic: str, classes: list[str], *, has_phrases: bool) -> None:
    """Refuse a topic that cannot be looked for."""
    check_id(topic)
    if (known := id_of_name(topic, classes)) is not None:
        raise UsageError(f"{topic!r} is the name of topic {known!r}: write the id")
    if not has_phrases and not get_close_matches(topic, classes, n=1, cutoff=0.8):
        raise UsageError(f"the model has no topic {topic!r}: for a new one, say by --phrase what its articles have")
    if not has_phrases:
        check_known(topic, classes)


def _sum_up(tasks: "list[Task]", number: int, output: Path) -> None:
    """Say how many articles of each kind are in the queue."""
    from collections import Counter

    kinds = Counter(task.chosen for task in tasks)
    said = {
        "random": "at random",
        "uncertain": "near a threshold",
        "phrase": "with a phrase",
        "given": "that get the topic",
    }
    listed = ", ".join(f"{kinds[kind]:,} {words}" for kind, words in said.items() if kinds[kind])
    few = "" if len(tasks) == number else f" instead of {number:,}"
    say(f"{number_of(len(tasks), 'article')} to read{few}: {listed}; written to {output}")
