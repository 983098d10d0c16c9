"""The evaluation report: a page that shows how good a model is on a labelled corpus, and where it fails."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from classifier.data.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluation import metrics
from classifier.evaluation.results import Results
from classifier.pages import page, render
from classifier.text.display import visible
from classifier.text.tokens import tokenize
from classifier.topics import AVERAGES, topic_name

try:
    from matplotlib.figure import Figure

    from classifier.evaluation import figures
except ImportError as error:
    raise UsageError("the report needs matplotlib: pip install matplotlib") from error

_LENGTHS = {
    0: "under 30 words",
    30: "30 to 99 words",
    100: "100 to 299 words",
    300: "300 to 999 words",
    1000: "1,000 words and more",
}
_MAX_ROWS = 25  # of mistakes of each kind, and of pairs of topics
_MAX_HEADLINE = 110  # characters


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

    def is_text(self, column: str) -> bool:
        """Whether a column holds text, not numbers."""
        return self.table is not None and not is_numeric_dtype(self.table[column])

    @staticmethod
    def format_cell(cell: Any) -> str:
        """Return a cell as text."""
        if isinstance(cell, str):
            return cell
        if isinstance(cell, float):
            return "" if np.isnan(cell) else f"{cell:.3f}"
        return f"{cell:,}"


class Section(NamedTuple):
    """A section of the report."""

    title: str
    text: str
    exhibits: Sequence[Exhibit]


def report(
    results: Results,
    corpus: Corpus,
    manifest: dict[str, Any],
    data: str,
    model: str,
    split: str | None = None,
    remark: str = "",
) -> str:
    """Return a page of HTML that loads nothing else.

    Parameters
    ----------
    results
        Of the model on the corpus.
    corpus
        The texts. If their sources and years are known, scores are broken down by them.
    manifest
        Of the model.
    data, model, split
        What the page calls the corpus, the model and the split.
    remark
        What a reader must know before the scores.
    """
    body = render(
        "report.html",
        articles=f"{len(corpus.ids):,}",
        data=data,
        split=split,
        remark=remark,
        model=model,
        created=str(manifest.get("created", "an unknown day"))[:10],
        sha256=manifest["sha256"][:16],
        sections=list(_sections(results, corpus)),
        visible=visible,
    )
    return page("Evaluation report", body, width="64rem")


def _sections(results: Results, corpus: Corpus) -> Iterator[Section]:
    scores = results.scores()
    yield Section(
        "Scores",
        "F1 is the harmonic mean of precision (how many of the tags given are right) and recall (how many of the right "
        "tags are given). Macro is the mean over topics, micro counts every tag alike, samples is the mean over "
        "articles.",
        [
            Exhibit("All topics together", table=_named(scores.loc[AVERAGES])),
            Exhibit("By topic", table=_topics(results, scores)),
        ],
    )
    yield Section(
        "Precision and recall",
        "What other thresholds would give: each curve runs from few and certain tags, left, to many, right. The dot "
        "marks the topic's threshold. Numbers in brackets: articles that have the topic.",
        [Exhibit(figure=figures.precision_recall(results), alt="Precision over recall, a curve for each topic")],
    )
    yield Section(
        "Thresholds",
        "A dot inside its bar is a threshold that suits these articles. Left of the bar, the topic is given too often, "
        "right of it too rarely. For rare topics the bar depends on chance.",
        [Exhibit(figure=figures.thresholds(results), alt="Thresholds of the topics and the range that is good here")],
    )
    yield Section(
        "Reliability",
        "A topic with a probability of 0.8 should be right in 8 of 10 cases. Expected calibration error, mean "
        f"over topics: {metrics.calibration_error(results.y_true, results.probabilities).mean():.4f}.",
        [
            Exhibit(
                figure=figures.reliability(results),
                alt="Share that is right over probability; the table has the same figures",
                table=metrics.reliability(results.y_true, results.probabilities).reset_index(),
            )
        ],
    )
    yield from _pairs(results)
    yield _groups(results, corpus)
    yield _mistakes(results, corpus)


def _pairs(results: Results) -> Iterator[Section]:
    confused = metrics.confusions(results.y_true, results.y_pred, results.topics)
    yield Section(
        "Topics confused",
        "Articles that miss one topic and wrongly get another.",
        [
            Exhibit(
                figure=figures.matrix(confused, "missed", "given instead"), alt="Topics missed and topics given instead"
            ),
            Exhibit(
                "Most often",
                table=metrics.pairs(confused).head(_MAX_ROWS).set_axis(["missed", "given instead", "articles"], axis=1),
            ),
        ],
    )
    together = metrics.cooccurrence(results.y_true, results.topics)
    upper = pd.DataFrame(np.triu(together), together.index, together.columns)
    yield Section(
        "Topics that occur together",
        "Articles labelled with both topics.",
        [
            Exhibit(figure=figures.matrix(together, "topic", "topic"), alt="Articles that have two topics"),
            Exhibit(
                "Most often", table=metrics.pairs(upper).head(_MAX_ROWS).set_axis(["topic", "and", "articles"], axis=1)
            ),
        ],
    )


def _groups(results: Results, corpus: Corpus) -> Section:
    exhibits = []
    for heading, groups in {
        "By source": corpus.sources,
        "By year": corpus.years,
        "By length": _lengths(corpus.texts),
    }.items():
        if any(groups):
            table = metrics.by_group(results.y_true, results.y_pred, [group or "unknown" for group in groups])
            order = [label for label in _LENGTHS.values() if label in table.index] or list(table.index)
            table = table.loc[order]
            exhibits.append(
                Exhibit(
                    heading, figures.groups(table), f"Scores {heading.lower()}", table.rename_axis("").reset_index()
                )
            )
    return Section("Source, year and length", "Micro-averaged. Numbers in brackets: articles.", exhibits)


def _lengths(texts: Sequence[str]) -> list[str]:
    """Return the class of length of each text."""
    places = np.digitize([len(tokenize(text)) for text in texts], list(_LENGTHS)) - 1
    return [list(_LENGTHS.values())[place] for place in places]


def _mistakes(results: Results, corpus: Corpus) -> Section:
    table = metrics.mistakes(results.y_true, results.y_pred, results.probabilities, results.topics)
    shown = pd.DataFrame(
        {
            "article": [corpus.ids[row] for row in table.text],
            "topic": table.topic,
            "probability": table.probability,
            "headline": [_headline(corpus.texts[row]) for row in table.text],
        }
    )
    return Section(
        "The most confident mistakes",
        "Where the model is most certain and contradicts the label: the first place to look for wrong labels.",
        [
            Exhibit("Given, but not in the labels", table=shown[table.y_true == 0].head(_MAX_ROWS)),
            Exhibit("In the labels, but not given", table=shown[table.y_true == 1].head(_MAX_ROWS)),
        ],
    )


def _headline(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _MAX_HEADLINE else line[:_MAX_HEADLINE] + "…"


def _named(scores: pd.DataFrame) -> pd.DataFrame:
    return scores.rename_axis("").reset_index().rename(columns={"average_precision": "average precision"})


def _topics(results: Results, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of the topics with their names, thresholds and calibration errors."""
    table = _named(scores.loc[list(results.topics)])
    table.insert(1, "name", [topic_name(topic, "ru") for topic in results.topics])
    table["threshold"] = results.thresholds
    table["calibration error"] = metrics.calibration_error(results.y_true, results.probabilities)
    return table
