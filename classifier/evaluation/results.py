"""What a model says about labelled articles, beside the labels."""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from classifier.arrays import Float64Array, IndicatorArray
from classifier.data.articles import Notice
from classifier.data.corpus import Corpus
from classifier.errors import UsageError
from classifier.evaluation.metrics import by_topic
from classifier.model.predictor import TopicPredictor
from classifier.model.thresholds import apply_thresholds


class Results(NamedTuple):
    """Labels and predictions.

    Attributes
    ----------
    topics
        Names of the columns.
    y_true
        The labels, (texts, topics).
    probabilities
        (texts, topics).
    thresholds
        Probability from which a text gets a topic, (topics,).
    """

    topics: Sequence[str]
    y_true: IndicatorArray
    probabilities: Float64Array
    thresholds: Float64Array

    @property
    def y_pred(self) -> IndicatorArray:
        """The topics given, (texts, topics)."""
        return apply_thresholds(self.probabilities, self.thresholds)

    def scores(self) -> pd.DataFrame:
        """Return scores per topic, as `metrics.by_topic` does."""
        return by_topic(self.y_true, self.y_pred, self.probabilities, self.topics)


def evaluate(predictor: TopicPredictor, corpus: Corpus) -> Results:
    """Tag a labelled corpus; a `Notice` names labels that the model does not know.

    Raises
    ------
    UsageError
        No article has a topic that the model knows.
    """
    if unknown := corpus.counts().keys() - set(predictor.classes):
        message = f"ignored labels, which the model does not have: {', '.join(sorted(unknown))}"
        warnings.warn(message, Notice, stacklevel=2)
    y_true = corpus.indicator(predictor.classes).to_numpy()
    if not y_true.any():
        raise UsageError("no article has a topic that the model knows: `news-topics topics` lists its topics")
    return Results(predictor.classes, y_true, predictor.predict_proba(corpus.texts), predictor.thresholds)
