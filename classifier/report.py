"""Results to a page: how good a model is on a labelled corpus, and where it fails."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from classifier import evaluate
from classifier.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluate import AVERAGES, Results
from classifier.pages import page, render
from classifier.text import tokens, visible
from classifier.topics import name

try:
    from matplotlib.figure import Figure

    from classifier import figures
except ImportError as error:
    raise UsageError("the report needs matplotlib: pip install matplotlib") from error

_LENGTHS = {
    0: "under 30 words",
    30: "30 to 99 words",
    100: "100 to 299 words",
    300: "300 to 999 words",
    1000: "1,000 words and more",
}
_SHOWN = 25  # mistakes of each kind, and pairs of topics
_HEADLINE = 110  # characters of it


class Part(NamedTuple):
    """A figure, a table, or a figure and what it shows as a table."""

    heading: str = ""
    figure: Figure | None = None
    alt: str = ""
    table: pd.DataFrame | None = None

    @property
    def image(self) -> str:
        """The figure as SVG in base 64; letters are drawn, so that no font can lack them."""
        if self.figure is None:
            return ""
        file = BytesIO()
        self.figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        return b64encode(file.getvalue()).decode()

    def words(self, column: str) -> bool:
        """Whether a column holds words, not numbers."""
        return self.table is not None and not is_numeric_dtype(self.table[column])

    @staticmethod
    def show(cell: Any) -> str:
        """A cell as text."""
        if isinstance(cell, str):
            return cell
        if isinstance(cell, float):
            return "" if np.isnan(cell) else f"{cell:.3f}"
        return f"{cell:,}"


class Section(NamedTuple):
    """A part of the report under a title."""

    title: str
    text: str
    parts: Sequence[Part]


def report(results: Results, corpus: Corpus, facts: dict[str, Any], data: str, model: str, split: str | None) -> str:
    """A page of HTML that needs nothing but itself.

    Parameters
    ----------
    results
        Of the model on the corpus.
    corpus
        The texts; their source and year break the scores down where they are told.
    facts
        The model's manifest.
    data, model, split
        What the page calls the corpus, the model and the part of the corpus.
    """
    body = render(
        "report.html",
        articles=f"{len(corpus.ids):,}",
        data=data,
        split=split,
        model=model,
        created=facts["created"][:10],
        sha256=facts["sha256"][:16],
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
            Part("All topics together", table=_named(scores.loc[AVERAGES])),
            Part("By topic", table=_topics(results, scores)),
        ],
    )
    yield Section(
        "Precision and recall",
        "What other thresholds would give: each curve runs from few and sure tags, left, to many, right. The dot is "
        "where the topic's threshold stands; in brackets, articles that have the topic.",
        [Part(figure=figures.precision_recall(results), alt="Precision over recall, a curve for each topic")],
    )
    yield Section(
        "Thresholds",
        "A dot inside its bar is a threshold that suits these articles; left of it the topic is given too freely, "
        "right of it too rarely. Of rare topics the bar is a matter of chance.",
        [Part(figure=figures.thresholds(results), alt="Thresholds of the topics beside the cuts that are good here")],
    )
    yield Section(
        "Reliability",
        "What is given with a probability of 0.8 should be right in 8 of 10 cases. Expected calibration error, mean "
        f"over topics: {evaluate.calibration_error(results.wanted, results.probabilities).mean():.4f}.",
        [
            Part(
                figure=figures.reliability(results),
                alt="Share that is right over probability; the table has the same figures",
                table=evaluate.reliability(results.wanted, results.probabilities).reset_index(),
            )
        ],
    )
    yield from _pairs(results)
    yield _groups(results, corpus)
    yield _mistakes(results, corpus)


def _pairs(results: Results) -> Iterator[Section]:
    confused = evaluate.confusions(results.wanted, results.given, results.topics)
    yield Section(
        "Topics confused",
        "Articles on which one topic was missed and another given wrongly.",
        [
            Part(
                figure=figures.matrix(confused, "missed", "given instead"), alt="Topics missed and topics given instead"
            ),
            Part(
                "Most often",
                table=evaluate.pairs(confused).head(_SHOWN).set_axis(["missed", "given instead", "articles"], axis=1),
            ),
        ],
    )
    together = evaluate.cooccurrence(results.wanted, results.topics)
    upper = pd.DataFrame(np.triu(together), together.index, together.columns)
    yield Section(
        "Topics that stand together",
        "Articles that have both topics, by their labels.",
        [
            Part(figure=figures.matrix(together, "topic", "topic"), alt="Articles that have two topics"),
            Part("Most often", table=evaluate.pairs(upper).head(_SHOWN).set_axis(["topic", "and", "articles"], axis=1)),
        ],
    )


def _groups(results: Results, corpus: Corpus) -> Section:
    parts = []
    for heading, groups in {
        "By source": corpus.sources,
        "By year": corpus.years,
        "By length": _lengths(corpus.texts),
    }.items():
        if any(groups):
            table = evaluate.by_group(results.wanted, results.given, [group or "not told" for group in groups])
            order = [label for label in _LENGTHS.values() if label in table.index] or list(table.index)
            table = table.loc[order]
            parts.append(
                Part(heading, figures.groups(table), f"Scores {heading.lower()}", table.rename_axis("").reset_index())
            )
    return Section("Source, year and length", "Micro-averaged; in brackets, articles.", parts)


def _lengths(texts: Sequence[str]) -> list[str]:
    """In which class of lengths each text is."""
    places = np.digitize([len(tokens(text)) for text in texts], list(_LENGTHS)) - 1
    return [list(_LENGTHS.values())[place] for place in places]


def _mistakes(results: Results, corpus: Corpus) -> Section:
    table = evaluate.mistakes(results)
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
        "Where the model is surest and the label says otherwise: the first place to look for wrong labels.",
        [
            Part("Given, but not in the labels", table=shown[table.wanted == 0].head(_SHOWN)),
            Part("In the labels, but not given", table=shown[table.wanted == 1].head(_SHOWN)),
        ],
    )


def _headline(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _HEADLINE else line[:_HEADLINE] + "…"


def _named(scores: pd.DataFrame) -> pd.DataFrame:
    return scores.rename_axis("").reset_index().rename(columns={"average_precision": "average precision"})


def _topics(results: Results, scores: pd.DataFrame) -> pd.DataFrame:
    """Scores of the topics with their names, thresholds and calibration errors."""
    table = _named(scores.loc[list(results.topics)])
    table.insert(1, "name", [name(topic, "ru") for topic in results.topics])
    table["threshold"] = results.thresholds
    table["calibration error"] = evaluate.calibration_error(results.wanted, results.probabilities)
    return table
