"""``news-topics extend``: a model with a newsroom's own topics and corrections."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import number_of, report_skipped, say, show_table, skip_and_tell
from classifier.cli.options import PATH, column_options, read_options, required_labels_option
from classifier.data.articles import STDIN, SkippedRecords
from classifier.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from classifier.evaluation.expectations import Expectations

_EVERYWHERE = 50  # percent of an archive, more than any topic has
_FEW = 10  # articles that get a topic, of those read at random
_ENOUGH = 50  # articles read at random: with fewer, next to nothing can be said


@click.command()
@click.argument("model", required=False, type=PATH)
@required_labels_option
@click.option(
    "--archive",
    type=PATH,
    multiple=True,
    required=True,
    metavar="FILE | DIR",
    help="Your articles, those of the labels among them; repeatable.",
)
@click.option("--output", "-o", type=PATH, required=True, metavar="DIR", help="Model folder to write.")
@click.option("--topic", "topics", multiple=True, metavar="ID", help="Learn only this topic of the labels; repeatable.")
@click.option(
    "--min-examples",
    type=click.IntRange(min=5),
    default=10,
    show_default=True,
    help="Least number of examples of a new topic.",
)
@column_options
def extend(
    model: Path | None,
    labels: tuple[Path, ...],
    archive: tuple[Path, ...],
    output: Path,
    topics: tuple[str, ...],
    min_examples: int,
    **options: Any,
) -> None:
    """Add topics to a trained MODEL, or correct those it has, from your labels alone.

    A label says all topics of an article. Topics that MODEL lacks are added; those it has are corrected, unless the
    labels name none of them. If your readers looked for some topics only, name these with --topic: all others keep
    their answers to the last bit. MODEL is a model folder  [default: the shipped model].

    Articles of the archive that nobody has read count as unlabelled, not as without the topic. At the end you see what
    to expect: how many articles of the archive get each topic, and how many of them rightly, as far as articles that
    were read at random tell.

    \b
    news-topics queue archive/ -n 200 -o queue.xlsx              choose what to read
    news-topics labels queue.xlsx -o labels.csv                  take what was read
    news-topics extend --labels labels.csv --archive archive/ -o my-model
    """  # noqa: D301
    from classifier.data.corpus import read_at_random, read_labels
    from classifier.data.reading import read
    from classifier.extend import ExtendOptions
    from classifier.extend import extend as run
    from classifier.storage.model_folder import check_target
    from classifier.storage.paths import check_not_read, is_stream

    check_target(output)
    check_not_read(output / "README.md", [*labels, *archive])
    if any(path == Path(STDIN) or is_stream(path) for path in archive):
        raise UsageError("--archive cannot be standard input or a pipe, for it is read twice: name a file or folder")
    reading = read_options(**options)
    skipped = skip_and_tell()
    counters = [skipped, SkippedRecords()]  # what the first reading has told, the second need not tell again
    expected = run(
        model,
        read_labels(labels),
        lambda: read(archive, reading, on_error=counters.pop(0)),
        output,
        at_random=read_at_random(labels),
        options=ExtendOptions(topics, min_examples),
        progress=say,
    )
    report_skipped(skipped)
    _show(expected, output)
    say(f"model written; try: news-topics predict --model {output} article.txt")


def _for_people(topics: "pd.DataFrame") -> "pd.DataFrame":
    """Return the table as people read it; ``checked`` is on articles read at random, with the limits that follow."""
    import pandas as pd

    rows = {
        topic: {
            "change": row["change"],
            "examples": row["examples"],
            "given": row["given"],
            "of archive": f"{row['share']:.1f} %",
            "right, estimated": f"{row['expected_precision']:.0%}" if row["expected_precision"] >= 0 else "",
            "right, checked": f"{row['random_right']} of {row['random_given']}" if row["random_given"] else "",
            "95 % limits": f"{row['low']:.0%} to {row['high']:.0%}" if row["random_given"] else "",
        }
        for topic, row in topics.to_dict("index").items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("topic")


def _show(expected: "Expectations", output: Path) -> None:
    """Print what to expect, and warn where that is a guess."""
    click.echo(f"What to expect in the archive of {number_of(expected.articles, 'article')}:")
    show_table(_for_people(expected.topics), "table")
    click.echo(
        "Estimated: by its own probabilities, of articles that nobody has read. Checked: on those read at random."
    )
    if expected.f1 is not None:
        before, after = expected.f1
        click.echo(
            f"On {number_of(expected.random, 'article')} read at random, micro-F1 of the corrected topics "
            f"was {before:.2f} and is {after:.2f}, by corrections that did not see the article."
        )
        if after < before:
            say("on these articles the correction is no gain: name the topics to learn with --topic, or read more")
    _warn(expected, output)


def _warn(expected: "Expectations", output: Path) -> None:
    """Say what these expectations do not tell."""
    if not expected.random:
        say(
            "no article was read at random, so nothing tells how many of these tags are right, and where labels were "
            "chosen by keyword, fewer are than expected; read what `news-topics queue --random` chooses"
        )
    elif expected.random < _ENOUGH:
        say(f"only {number_of(expected.random, 'article')} read at random: the limits are wide; read more at random")
    topics = expected.topics
    corrected = topics[topics.change == "corrected"]
    if without := int((corrected.examples == 0).sum()):
        read = number_of(expected.read, "article")
        say(
            f"{without} of {len(corrected)} corrected topics have no example among the {read} read, which can only "
            "take such topics away: read more, or name those to learn with --topic"
        )
    if everywhere := topics.index[(topics.change == "new") & (topics.share > _EVERYWHERE)].tolist():
        say(f"most articles get {', '.join(everywhere)}: the labels do not tell what is without it: read more")
    if unchecked := topics.index[(topics.change == "new") & (topics.given > 0) & (topics.random_given < _FEW)].tolist():
        say(
            f"next to no article read at random gets {', '.join(unchecked)}: to check it, read some of those that get "
            f"it (`news-topics queue ARCHIVE --model {output} --given {unchecked[0]}`), then `news-topics evaluate`"
        )
