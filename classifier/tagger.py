"""A trained model: texts to topics, without scikit-learn, whose import alone takes a second."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier import thresholds
from classifier.features import ArticleFeatures, as_texts

BATCH = 1000  # texts: enough that words repeat, few enough that a whole archive in memory is tagged without much more
Floats = NDArray[np.float64]
Indicator = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Tagger:
    """What `TopicClassifier.fit` learns and `classifier.store` saves.

    Attributes
    ----------
    classes
        Topic ids, in the order of all columns below.
    features
        Texts to a sparse matrix (texts, features).
    coef, intercept
        Weights (topics, features) and (topics,) whose scores are calibrated log-odds.
    thresholds
        Probability from which a topic is given, (topics,).
    """

    classes: list[str]
    features: ArticleFeatures
    coef: NDArray[np.float32]
    intercept: Floats
    thresholds: Floats

    def decision_function(self, texts: Iterable[str]) -> Floats:
        """Log-odds of each topic, (texts, topics); minus infinity where no word of the text is known."""
        texts = as_texts(texts)
        batches = [self._scores(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return np.concatenate([np.empty((0, len(self.classes))), *batches])

    def _scores(self, texts: list[str]) -> Floats:
        found = self.features.transform(texts)
        scores: Floats = found @ self.coef.T + self.intercept
        scores[np.diff(found.indptr) == 0] = -np.inf
        return scores

    def predict_proba(self, texts: Iterable[str]) -> Floats:
        """Calibrated probability of each topic, (texts, topics); zero where no word of the text is known."""
        with np.errstate(over="ignore"):  # exp(inf) is the inf that is wanted
            return np.asarray(1 / (1 + np.exp(-self.decision_function(texts))))

    def predict(self, texts: Iterable[str]) -> Indicator:
        """Indicator array (texts, topics) of the topics given."""
        return thresholds.apply(self.predict_proba(texts), self.thresholds)

    def topics(self, texts: Iterable[str]) -> list[list[str]]:
        """Topic ids given to each text, most probable first; an empty list for a text without a known word."""
        rows = thresholds.ranked(self.predict_proba(texts), self.thresholds)
        return [[self.classes[column] for column in row] for row in rows]
