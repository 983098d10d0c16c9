"""The evaluation report: a page that shows how good a model is on a labelled corpus, and where it fails."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from classifier.data.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluation import metrics
from classifier.evaluation.intervals import group_limits, score_limits
from classifier.evaluation.known import Known
from classifier.evaluation.results import Results
from classifier.pages import page, render
from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible
from classifier.text.tokens import tokenize
from classifier.topics import AVERAGES, topic_name

try:
    from matplotlib.figure import Figure

    from classifier.evaluation import figures
except ImportError as error:
    raise UsageError("the report needs matplotlib: pip install matplotlib") from error

_LENGTHS = (0, 30, 100, 300, 1000)  # words from which the classes of length start, as the message `lengths` names them
_MAX_ROWS = 25  # of mistakes of each kind, and of pairs of topics
_MAX_HEADLINE = 110  # characters
_NARROWEST = 0.75  # of a figure's width in print: on a phone it scrolls, because its letters would be too small


@dataclass(frozen=True)
class Facts:
    """What a reader must know of a model and its articles.

    Attributes
    ----------
    manifest
        Of the model.
    data, model
        What the page calls the corpus and the model.
    known
        Articles that the model was trained on.
    split
        Part of the corpus that is scored, if not all.
    """

    manifest: dict[str, Any]
    data: str
    model: str
    known: Known | None = None
    split: str | None = None


class Score(NamedTuple):
    """A score and its interval, NaN if it has none."""

    value: float
    low: float
    high: float


class Exhibit(NamedTuple):
    """A figure, a table, or both."""

    heading: str = ""
    figure: Figure | None = None
    alt: str = ""
    table: pd.DataFrame | None = None

    @property
    def image(self) -> str:
        """The figure as SVG in base 64; letters are drawn as shapes, so that no font can lack them."""
        if self.figure is None:
            return ""
        file = BytesIO()
        self.figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        return b64encode(file.getvalue()).decode()

    @property
    def min_width(self) -> str:
        """The width below which the figure cannot be read, in CSS."""
        return "" if self.figure is None else f"{_NARROWEST * self.figure.get_figwidth():.2f}in"

    def is_text(self, column: str) -> bool:
        """Whether a column holds text, not numbers."""
        if self.table is None or is_numeric_dtype(self.table[column]):
            return False
        return not any(isinstance(cell, Score) for cell in self.table[column])


class Section(NamedTuple):
    """A section of the report."""

    title: str
    text: str
    exhibits: Sequence[Exhibit]


def report(results: Results, corpus: Corpus, facts: Facts, language: Language = "en") -> str:
    """Return a page of HTML that loads nothing else.

    Parameters
    ----------
    results
        Of the model on the corpus.
    corpus
        The texts. If their sources and years are known, scores are broken down by them.
    facts
        What was scored.
    language
        Of the page.
    """
    say = messages(language)
    body = render(
        "report.html",
        say=say,
        scored=_scored(corpus, facts, say),
        remark=facts.known.remark(say) if facts.known else "",
        sections=list(_sections(results, corpus, say)),
        format_cell=lambda cell: _format_cell(cell, say),
        visible=visible,
    )
    return page(say("report_title"), body, width="72rem", language=language)


def _scored(corpus: Corpus, facts: Facts, say: Messages) -> str:
    """Return in a sentence what was scored."""
    articles = say("articles", n=len(corpus.ids))
    named = {"articles": articles, "data": visible(facts.data)}
    which = say("scored_split", split=visible(facts.split), **named) if facts.split else say("scored", **named)
    created = str(facts.manifest.get("created") or say("unknown_day"))[:20].partition("T")[0]
    model = say("scored_model", model=visible(facts.model), created=created, sha256=facts.manifest["sha256"][:16])
    return " ".join([which, model, say("scores_mean")])


def _format_cell(cell: Any, say: Messages) -> str:
    """Return a cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Score):
        value = say.decimal(cell.value, 2)
        limits = f" ({say.decimal(cell.low, 2)}–{say.decimal(cell.high, 2)})"
        return "" if np.isnan(cell.value) else value if np.isnan(cell.low) else value + limits
    if isinstance(cell, float):
        return "" if np.isnan(cell) else say.decimal(cell, 3)
    return say.number(int(cell))


def _sections(results: Results, corpus: Corpus, say: Messages) -> Iterator[Section]:
    yield _scores(results, say)
    language = say.language
    yield Section(
        say("curves_heading"),
        say("curves"),
        [Exhibit(figure=figures.precision_recall(results, language=language), alt=say("curves_alt"))],
    )
    yield Section(
        say("thresholds_heading"),
        say("thresholds"),
        [Exhibit(figure=figures.thresholds(results, language), alt=say("thresholds_alt"))],
    )
    error = metrics.calibration_error(results.y_true, results.probabilities).mean()
    table = metrics.reliability(results.y_true, results.probabilities).reset_index()
    table["from"] = [say.decimal(lowest, 1) for lowest in table["from"]]
    table.columns = [say("from"), say("tags"), say("score_probability"), say("share_right")]
    yield Section(
        say("reliability_heading"),
        say("reliability", error=say.decimal(error, 4)),
        [Exhibit(figure=figures.reliability(results, language), alt=say("reliability_alt"), table=table)],
    )
    yield from _pairs(results, say)
    yield _groups(results, corpus, say)
    yield _mistakes(results, corpus, say)


def _scores(results: Results, say: Messages) -> Section:
    scores = results.scores()
    table = _with_limits(scores, score_limits(results.y_true, results.y_pred, results.topics), say)
    table[say("column_articles")] = scores.support
    table[say("average_precision")] = scores.average_precision
    topics = table.loc[list(results.topics)].rename_axis("").reset_index()
    topics.insert(1, say("name"), [topic_name(topic, say.language) for topic in results.topics])
    topics[say("threshold")] = results.thresholds
    topics[say("calibration_error")] = metrics.calibration_error(results.y_true, results.probabilities)
    averages = table.loc[AVERAGES].set_axis(say.several("averages")).rename_axis("").reset_index()
    exhibits = [Exhibit(say("all_topics"), table=averages), Exhibit(say("by_topic"), table=topics)]
    return Section(say("scores_heading"), say("scores"), exhibits)


def _with_limits(scores: pd.DataFrame, limits: pd.DataFrame, say: Messages) -> pd.DataFrame:
    """Return precision, recall and F1 with their intervals, in the order of `scores`."""
    limits = limits.loc[scores.index]
    names = {"precision": say("precision"), "recall": say("recall"), "f1": say("f1")}
    columns = {
        name: [Score(*row) for row in zip(scores[key], limits[f"{key}_low"], limits[f"{key}_high"], strict=True)]
        for key, name in names.items()
    }
    return pd.DataFrame({name: pd.Series(cells, scores.index, dtype=object) for name, cells in columns.items()})


def _pairs(results: Results, say: Messages) -> Iterator[Section]:
    missed, given, count = say("missed"), say("given_instead"), say("articles_counted")
    confused = metrics.confusions(results.y_true, results.y_pred, results.topics)
    table = metrics.pairs(confused).head(_MAX_ROWS).set_axis([missed, given, count], axis=1)
    yield Section(
        say("confused_heading"),
        say("confused"),
        [
            Exhibit(figure=figures.matrix(confused, missed, given), alt=say("confused_alt")),
            Exhibit(say("most_often"), table=table),
        ],
    )
    together = metrics.cooccurrence(results.y_true, results.topics)
    upper = pd.DataFrame(np.triu(together), together.index, together.columns)
    table = metrics.pairs(upper).head(_MAX_ROWS).set_axis([say("column_topic"), say("and"), count], axis=1)
    yield Section(
        say("together_heading"),
        say("together"),
        [
            Exhibit(figure=figures.matrix(together, say("column_topic"), say("column_topic")), alt=say("together_alt")),
            Exhibit(say("most_often"), table=table),
        ],
    )


def _groups(results: Results, corpus: Corpus, say: Messages) -> Section:
    exhibits, lengths = [], say.several("lengths")
    for heading, groups in {
        say("by_source"): corpus.sources,
        say("by_year"): corpus.years,
        say("by_length"): [lengths[place] for place in _length_classes(corpus.texts)],
    }.items():
        if any(groups):
            named = [group or say("no_group") for group in groups]
            scores = metrics.by_group(results.y_true, results.y_pred, named)
            scores = scores.loc[[label for label in lengths if label in scores.index] or list(scores.index)]
            table = _with_limits(scores, group_limits(results.y_true, results.y_pred, named), say)
            table.insert(0, say("articles_counted"), scores.articles)
            table.insert(1, say("labels_counted"), scores.topics)
            figure = figures.groups(scores, say.language)
            exhibits.append(Exhibit(heading, figure, heading, table.rename_axis("").reset_index()))
    return Section(say("groups_heading"), say("groups"), exhibits)


def _length_classes(texts: Sequence[str]) -> list[int]:
    """Return the class of length of each text, a place in `_LENGTHS`."""
    places: list[int] = (np.digitize([len(tokenize(text)) for text in texts], _LENGTHS) - 1).tolist()
    return places


def _mistakes(results: Results, corpus: Corpus, say: Messages) -> Section:
    table = metrics.mistakes(results.y_true, results.y_pred, results.probabilities, results.topics)
    shown = pd.DataFrame(
        {
            say("article"): [corpus.ids[row] for row in table.text],
            say("column_topic"): table.topic,
            say("score_probability"): table.probability,
            say("headline"): [_headline(corpus.texts[row]) for row in table.text],
        }
    )
    return Section(
        say("mistakes_heading"),
        say("mistakes"),
        [
            Exhibit(say("given_wrongly"), table=shown[table.y_true == 0].head(_MAX_ROWS)),
            Exhibit(say("wrongly_missed"), table=shown[table.y_true == 1].head(_MAX_ROWS)),
        ],
    )


def _headline(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _MAX_HEADLINE else line[:_MAX_HEADLINE] + "…"
