"""A trained model: texts to topics, without scikit-learn, whose import alone takes a second."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier import thresholds
from classifier.features import ArticleFeatures, Features, as_texts, to_steps

BATCH = 1000  # texts: enough that words repeat, few enough that a whole archive in memory is tagged without much more
Floats = NDArray[np.float64]
Indicator = NDArray[np.int8]


def probability(scores: Floats) -> Floats:
    """Probabilities of log-odds."""
    with np.errstate(over="ignore"):  # exp(inf) is the inf that is wanted
        return np.asarray(1 / (1 + np.exp(-scores)))


@dataclass(frozen=True, eq=False, repr=False)
class Tagger:
    """What `TopicClassifier.fit` learns and `classifier.store` saves.

    Attributes
    ----------
    classes
        Topic ids, in the order of all columns below.
    features
        Texts to features.
    coef, intercept
        Weights whose scores are calibrated log-odds: of the lemmas of the text and of its opening
        (2, lemmas, topics), and (topics,).
    axes, signs
        Directions in the space of article vectors, (dimensions, axes, topics), and 1 or -1 for each, (axes, topics):
        the square of an article vector's extent along an axis counts for or against the topic.
    thresholds
        Probability from which a topic is given, (topics,).
    """

    classes: list[str]
    features: ArticleFeatures
    coef: NDArray[np.float32]
    axes: Floats
    signs: Floats
    intercept: Floats
    thresholds: Floats

    def __repr__(self) -> str:
        return f"<Tagger of {len(self.classes)} topics with {self.features.lexicon}>"

    @classmethod
    def rounded(
        cls,
        classes: list[str],
        features: ArticleFeatures,
        coef: Floats,
        axes: Floats,
        signs: Floats,
        intercept: Floats,
        thresholds: Floats,
    ) -> Self:
        """A tagger whose weights are rounded to half precision, as they are saved, and its axes by `to_steps`."""
        half = coef.astype(np.float16).astype(np.float32)
        return cls(classes, features, half, to_steps(axes), signs, intercept, thresholds)

    def __reduce__(self) -> tuple[Any, ...]:
        half = self.coef.astype(np.float16)  # just what it is
        return Tagger.rounded, (
            self.classes,
            self.features,
            half,
            self.axes,
            self.signs,
            self.intercept,
            self.thresholds,
        )

    def decision_function(self, texts: Iterable[str]) -> Floats:
        """Log-odds of each topic, (texts, topics); minus infinity where the text is not Russian enough to judge."""
        texts = as_texts(texts)
        parts = (self.features.transform(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH))
        return np.concatenate([np.empty((0, len(self.classes))), *map(self.score, parts)])

    def score(self, found: Features) -> Floats:
        """Log-odds of each topic for what `ArticleFeatures.transform` has found, (texts, topics)."""
        lemmas = sum(block @ coef for block, coef in zip((found.text, found.opening), self.coef, strict=True))
        scores: Floats = (self.extents(found.vectors) ** 2 * self.signs).sum(axis=1) + lemmas + self.intercept
        scores[~found.russian] = -np.inf
        return scores

    def extents(self, vectors: Floats) -> Floats:
        """How far article vectors reach along the axes, (texts, axes, topics)."""
        return to_steps(vectors @ self.axes.reshape(len(self.axes), -1)).reshape(-1, *self.signs.shape)

    def predict_proba(self, texts: Iterable[str]) -> Floats:
        """Calibrated probability of each topic, (texts, topics); zero where the text is not Russian enough to judge."""
        return probability(self.decision_function(texts))

    def predict(self, texts: Iterable[str]) -> Indicator:
        """Indicator array (texts, topics) of the topics given."""
        return thresholds.apply(self.predict_proba(texts), self.thresholds)

    def topics(self, texts: Iterable[str]) -> list[list[str]]:
        """Topic ids given to each text, most probable first; none to a text that is not Russian enough to judge."""
        rows = thresholds.ranked(self.predict_proba(texts), self.thresholds)
        return [[self.classes[column] for column in row] for row in rows]
