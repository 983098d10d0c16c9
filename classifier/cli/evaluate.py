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
    model_option,
    open_numbers,
    read_options,
)
from classifier.errors import UsageError

if TYPE_CHECKING:
    from classifier.arrays import BoolArray
    from classifier.data.corpus import Corpus
    from classifier.model.predictor import TopicPredictor


@click.command()
@click.argument("data", type=PATH)
@labels_option
@model_option
@click.option("--split", metavar="NAME", help="Only rows of this split, such as dev.")
@click.option(
    "--html", type=PATH, metavar="FILE", help="Write a report for the browser as well: curves, confusions, mistakes."
)
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
    from classifier.storage.atomic import atomic_write
    from classifier.storage.model_folder import read_manifest, shipped_folder
    from classifier.storage.paths import check_output

    if html is not None:
        from classifier.pages import is_page_of_ours

        check_output(html, open_numbers([data, *labels]), is_page_of_ours, force=force)
        from classifier.evaluation.report import report  # says at once if matplotlib is missing
    predictor = load_predictor(model)
    skipped = skip_and_tell()
    corpus = read_corpus(data, labels, read_options(**options), on_error=skipped)
    report_skipped(skipped)
    in_split = _rows_of_split(corpus, split)
    known, near = _known(predictor, corpus)
    corpus, remark = _leave_out_known(predictor, corpus.where(in_split), known[in_split], near[in_split])
    if remark:
        say(remark)
    results = run(predictor, corpus)
    if html is not None:
        with atomic_write(html) as file:
            name = (model or shipped_folder()).name
            file.write(report(results, corpus, read_manifest(model), data.name, name, split, remark))
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
) -> "tuple[Corpus, str]":
    """Return the articles that are new to the model, or all if none is, and what to say about that."""
    from classifier.evaluation.results import evaluate as run

    is_old = known | near
    if not is_old.any():
        return corpus, ""
    if is_old.all():
        copies = ", or on near copies" if near.any() else ""
        return corpus, f"The model was trained on all of these articles{copies}: the scores say nothing about new ones."
    old, new = corpus.where(is_old), corpus.where(~is_old)
    micro = run(predictor, old).scores()["f1"]["micro"]
    number = f"of {len(corpus.ids):,} articles"
    why = [f"{known.sum():,} {number} were used in training"] if known.any() else []
    why += [f"{near.sum():,} {number} nearly repeat articles of training"] if near.any() else []
    return new, (
        f"{' and '.join(why)} and are left out (micro-F1 on them: {micro:.3f}); the scores are for the other "
        f"{len(new.ids):,}."
    )
