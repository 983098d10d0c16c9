"""``news-topics evaluate``: the scores of a model on labelled articles."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from classifier.cli.console import report_skipped, say, show_table, skip_and_tell
from classifier.cli.options import (
    PATH,
    column_options,
    force_option,
    format_option,
    labels_option,
    language_option,
    model_option,
    open_numbers,
    read_options,
)
from classifier.errors import UsageError

if TYPE_CHECKING:
    from classifier.arrays import BoolArray
    from classifier.data.corpus import Corpus
    from classifier.evaluation.known import Known
    from classifier.model.predictor import TopicPredictor


@click.command()
@click.argument("data", type=PATH)
@labels_option
@model_option
@click.option("--split", metavar="NAME", help="Only rows of this split, such as dev.")
@click.option(
    "--html", type=PATH, metavar="FILE", help="Write a report for the browser as well: curves, confusions, mistakes."
)
@language_option
@force_option
@format_option("table", "json", "csv")
@click.option("--source-column", default="source", show_default=True, help="Column of the outlets, if any; for --html.")
@click.option("--date-column", default="date", show_default=True, help="Column of dates or years, if any; for --html.")
@column_options
def evaluate(
    data: Path,
    labels: tuple[Path, ...],
    model: Path | None,
    split: str | None,
    html: Path | None,
    language: Any,
    force: bool,
    format: str,
    **options: Any,
) -> None:
    """Score a model on labelled articles.

    DATA and --labels are as in train. Prints precision, recall, F1, support (articles that have the topic) and average
    precision for each topic, with their micro, macro and per-article (samples) averages. Articles that the model was
    trained on are left out, as far as it knows them, and so are those that nearly repeat one of them in DATA.
    """
    from classifier.data.corpus import read_corpus
    from classifier.evaluation.results import evaluate as run
    from classifier.model.predictor import load_predictor
    from classifier.pages.messages import default_language, messages
    from classifier.storage.atomic import atomic_write
    from classifier.storage.model_folder import read_manifest, shipped_folder
    from classifier.storage.paths import check_output

    if html is not None:
        from classifier.pages import is_page_of_ours

        check_output(html, open_numbers([data, *labels]), is_page_of_ours, force=force)
        from classifier.evaluation.report import Facts, report  # says at once if matplotlib is missing
    predictor = load_predictor(model)
    skipped = skip_and_tell()
    corpus = read_corpus(data, labels, read_options(**options), on_error=skipped)
    report_skipped(skipped)
    in_split = _rows_of_split(corpus, split)
    known, near = _known(predictor, corpus)
    corpus, found = _leave_out_known(predictor, corpus.where(in_split), known[in_split], near[in_split])
    if remark := found.remark(messages("en")):
        say(remark)
    results = run(predictor, corpus)
    if html is not None:
        with atomic_write(html) as file:
            facts = Facts(read_manifest(model), data.name, (model or shipped_folder()).name, found, split)
            file.write(report(results, corpus, facts, language or default_language()))
        say(f"report written to {html}")
    show_table(results.scores(), format)


def _rows_of_split(corpus: "Corpus", split: str | None) -> "BoolArray":
    """Return which articles are scored, (articles,)."""
    import numpy as np

    rows = np.array([split in (None, name) for name in corpus.splits], bool)
    if not rows.any():
        names = ", ".join(sorted(filter(None, set(corpus.splits)))) or "none"
        raise UsageError(f"no article is in split {split!r} (there are: {names})")
    return rows


def _known(predictor: "TopicPredictor", corpus: "Corpus") -> "tuple[BoolArray, BoolArray]":
    """Return which articles the model was trained on, and which nearly repeat one of these, (articles,) each.

    A model that does not tell is taken to have learned the split train, if there is one.
    """
    import numpy as np

    from classifier.data.corpus import TRAIN
    from classifier.duplicates.splits import split_groups

    known = predictor.has_seen(corpus.texts)
    learned = known if len(predictor.trained_on) else np.array([name == TRAIN for name in corpus.splits], bool)
    if not learned.any():
        return known, known
    groups, remark = split_groups(corpus.texts)
    if remark:
        say(remark)
    return known, np.isin(groups, groups[learned]) & ~learned


def _leave_out_known(
    predictor: "TopicPredictor", corpus: "Corpus", known: "BoolArray", near: "BoolArray"
) -> "tuple[Corpus, Known]":
    """Return the articles that are new to the model, or all if none is, and what it knows of them."""
    from classifier.evaluation.known import Known
    from classifier.evaluation.results import evaluate as run

    is_old = known | near
    some = is_old.any() and not is_old.all()
    micro = float(run(predictor, corpus.where(is_old)).scores()["f1"]["micro"]) if some else float("nan")
    found = Known(len(corpus.ids), int(known.sum()), int(near.sum()), micro)
    return corpus.where(~is_old) if some else corpus, found
