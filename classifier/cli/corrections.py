"""Options of ``news-topics predict`` and ``explain`` that correct the model."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from classifier.cli.console import number_of, say
from classifier.cli.options import PATH, Command
from classifier.errors import UsageError
from classifier.topics import check_known, id_of_name

if TYPE_CHECKING:
    from classifier.model.rules import Rules
    from classifier.tagging.corrections import Corrections

rules_option = click.option(
    "--rules", type=PATH, metavar="FILE", help="TOML file of phrases that give topics or take them away."
)


def correction_options(command: Command) -> Command:
    """Add the options that `read_corrections` takes."""
    for option in (
        click.option("--without", multiple=True, metavar="ID", help="Leave this topic out; repeatable."),
        click.option("--only", multiple=True, metavar="ID", help="Give and write only this topic; repeatable."),
        click.option(
            "--labels",
            type=PATH,
            multiple=True,
            metavar="FILE",
            help="Table of id and topics: articles in it get these and no others; repeatable.",
        ),
        rules_option,
    ):
        command = option(command)
    return command


def read_corrections(
    classes: Sequence[str], rules: Path | None, labels: Sequence[Path], only: Sequence[str], without: Sequence[str]
) -> "Corrections":
    """Return what is made of the answers of a model with the topics `classes`."""
    from classifier.tagging.corrections import Corrections

    labelled = None
    if labels:
        from classifier.data.corpus import read_labels  # imports pandas

        labelled = read_labels(labels)
    corrections = Corrections(None if rules is None else load_rules(rules, classes), labelled)
    new = [topic for topic in corrections.topics if topic not in classes]
    for topic in new:
        if (known := id_of_name(topic, classes)) is not None:
            raise UsageError(f"topic {topic!r} of rules or labels is the name of {known!r}: write the id")
        if near := get_close_matches(topic, classes, n=1, cutoff=0.8):
            say(f"topic {topic!r} is new to the model, which has {near[0]!r}: is it meant?")
    return Corrections(corrections.rules, labelled, _choose([*classes, *new], only, without))


def load_rules(path: Path, classes: Sequence[str]) -> "Rules":
    """Read rules for a model with the topics `classes`: a `UsageError` if one of them cannot be right."""
    from classifier.model.rules import read_rules

    rules = read_rules(path)
    try:
        rules.check_topics(classes)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error
    return rules


def _choose(known: Sequence[str], only: Sequence[str], without: Sequence[str]) -> frozenset[str] | None:
    """Return the topics that may be given; None: all of them."""
    for topic in (*only, *without):
        check_known(topic, known)
    chosen = frozenset(only or known) - frozenset(without)
    if not chosen:
        raise UsageError("--only and --without leave no topic")
    return chosen if only or without else None


def report_labelled(corrections: "Corrections", labelled: int, *, resumed: bool) -> None:
    """Say how many articles have topics from --labels; a run that goes on knows only those since then."""
    if labelled:
        say(f"{number_of(labelled, 'article')} with the topics of --labels, and no others")
    elif corrections.labels is not None and not resumed:
        say("no article is in --labels: do their ids agree?")
