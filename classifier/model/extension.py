"""A trained model with topics added or corrected, from few texts: none that it was trained on is needed.

Untouched topics keep their weights, and so their answers to the last bit. The words that the model knows stay the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression

from classifier.arrays import Float32Array, Float64Array, IndicatorArray
from classifier.model.axes import to_axes, to_forms
from classifier.model.calibration import calibrate
from classifier.model.curves import log_odds, sigmoid
from classifier.model.features import Features
from classifier.model.predictor import TopicPredictor
from classifier.model.ridge import fit_ridge
from classifier.model.thresholds import apply_thresholds

# The log loss of a score is at most this curved (Böhning and Lindsay, 1988, Monotonicity of quadratic-approximation
# algorithms). A step of Newton's method with it goes to residual / CURVATURE; a second step is no better, nor are
# other ratios to `alpha`.
_CURVATURE = 0.25


class Settings(NamedTuple):
    """How a model is regularized: `alpha` and `semantic_smoothing` of `TopicClassifier`."""

    alpha: float
    semantic_smoothing: float


class Extension(NamedTuple):
    """Topics that are new or corrected.

    Attributes
    ----------
    predictor
        A model of these topics alone, with the words of the old model.
    loo_proba
        Probabilities of the texts that were read, (texts, topics), each by a model that did not see the text.
    """

    predictor: TopicPredictor
    loo_proba: Float64Array

    @property
    def loo_pred(self) -> IndicatorArray:
        """The topics given by a model that did not see the text, (texts, topics)."""
        return apply_thresholds(self.loo_proba, self.predictor.thresholds)


def correct_topics(
    model: TopicPredictor,
    topics: Sequence[str],
    features: Features,
    y_true: IndicatorArray,
    settings: Settings,
    others: Float32Array | None = None,
) -> Extension:
    """Fit what the scores of a model leave over on texts that were read.

    The weights are drawn to the old ones instead of to zero. Curves and thresholds stay. That is nearly as good as to
    fit all old texts and the new ones together (tests/benchmarks/loop.md).

    Parameters
    ----------
    model
        Any, which has the topics.
    topics
        Those to correct.
    features
        Of the texts, by the model's extractor; all of them are Russian.
    y_true
        (texts, topics).
    settings
        Those that the model was trained with.
    others
        Article vectors of other texts of the archive, (texts, dimensions); with few texts that were read, they tell
        which part of a form matters. None: there are none.
    """
    old = model.select(topics)
    odds = old.log_odds(features)
    residuals = ((y_true - sigmoid(odds)) / _CURVATURE).astype(np.float32)
    fitted = fit_ridge(features, model.lexicon.unit_vectors(), residuals, *settings)
    loo_proba = sigmoid(odds + fitted.loo_scores)
    slopes = old.curves[:, 1:].sum(axis=1)  # of the log-odds, in the score
    linear, quadratic = to_forms(old.axes, old.axis_weights)
    return Extension(
        _rounded(
            old,
            fitted.weights.coef / slopes + old.weights.coef,
            linear + fitted.weights.linear / slopes,
            quadratic + fitted.weights.quadratic / slopes[:, None, None],
            old.intercept + fitted.weights.intercept / slopes,
            features.vectors if others is None else np.concatenate([features.vectors, others]),
        ),
        loo_proba,
    )


def add_topics(
    model: TopicPredictor,
    topics: Sequence[str],
    read: Features,
    y_true: IndicatorArray,
    unread: Features,
    unread_texts: int,
    settings: Settings,
) -> Extension:
    """Fit topics that a model does not have.

    Texts that nobody has read may have the topic or not: they count as without it in a first fit, and in a second one
    partly as with it, by the estimate of Elkan and Noto (2008, Learning classifiers from only positive and unlabeled
    data). What that is worth beside other ways: tests/benchmarks/loop.md. Read and unread texts together stand for the
    archive, for which probabilities and thresholds are set.

    Parameters
    ----------
    model
        Any.
    topics
        Those to add.
    read, unread
        Features of texts by the model's extractor; all of them are Russian.
    y_true
        Topics of the texts that were read, (texts, topics).
    unread_texts
        How many unread texts the archive has; `unread` are a sample of them.
    settings
        Those that the model was trained with.
    """
    features = _stack(read, unread)
    unit_vectors = model.lexicon.unit_vectors()
    weight = np.ones(len(features.words))
    weight[len(y_true) :] = unread_texts / max(len(unread.words), 1)
    targets = np.full((len(weight), len(topics)), -1, np.float32)
    targets[: len(y_true)] = 2 * y_true.astype(np.float32) - 1
    scores = fit_ridge(features, unit_vectors, targets, *settings).loo_scores
    shares = np.column_stack(
        [_positive_shares(raw, column, weight) for raw, column in zip(scores.T, y_true.T, strict=True)]
    )
    fitted = fit_ridge(features, unit_vectors, (2 * shares - 1).astype(np.float32), *settings)
    slopes, shifts, curves, thresholds = _calibrate(fitted.loo_scores, shares, weight)
    loo_proba = sigmoid(log_odds(fitted.loo_scores * slopes + shifts, curves, features.words))[: len(y_true)]
    blank = replace(model, classes=list(topics), curves=curves, thresholds=thresholds)
    weights = fitted.weights
    return Extension(
        _rounded(
            blank,
            weights.coef * slopes,
            weights.linear * slopes,
            weights.quadratic * slopes[:, None, None],
            weights.intercept * slopes + shifts,
            features.vectors,
        ),
        loo_proba,
    )


def _positive_shares(scores: Float32Array, y_true: NDArray[np.int8], weight: Float64Array) -> Float64Array:
    """Return how far each text counts as one with the topic, (texts,): as it was read, or by Elkan and Noto.

    Of a text with the topic, let c be the probability that it was read, which is the mean of ``P(read | text)`` over
    those that were. Then an unread text has the topic with probability ``(1 - c) / c * P(read | text) / P(unread |
    text)``.
    """
    read = len(y_true)
    is_known = np.zeros(len(scores), bool)
    is_known[:read] = y_true == 1
    counted = is_known | (np.arange(len(scores)) >= read)
    shares = is_known.astype(np.float64)
    if len(scores) == read:
        return shares
    known = LogisticRegression(C=10).fit(scores[counted, None], is_known[counted], weight[counted])
    probability = known.predict_proba(scores[:, None])[:, 1]
    c = probability[is_known].mean()
    odds = probability[read:] / np.maximum(1 - probability[read:], 1e-9)
    shares[read:] = np.clip((1 - c) / c * odds, 0, 1)
    return shares


def _calibrate(
    scores: Float32Array, shares: Float64Array, weight: Float64Array
) -> tuple[Float64Array, Float64Array, Float64Array, Float64Array]:
    """Calibrate each topic on texts that count partly as with the topic and partly as without it."""
    twice = np.repeat([1, 0], len(scores)).astype(np.int8)[:, None]
    found = []
    for raw, share in zip(scores.T, shares.T, strict=True):
        both = np.tile(raw, 2)[:, None]
        found.append(calibrate(both, both, twice, sample_weight=np.concatenate([weight * share, weight * (1 - share)])))
    slopes, shifts, curves, thresholds = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return slopes, shifts, curves, thresholds


def _rounded(
    old: TopicPredictor,
    coef: Float64Array,
    linear: Float64Array,
    quadratic: Float64Array,
    intercept: Float64Array,
    vectors: Float32Array,
) -> TopicPredictor:
    """Return the topics of a predictor with other weights, as they are stored."""
    # One vector more along each dimension: few texts do not show all directions in which others will lie.
    moments = (vectors.T @ vectors + np.eye(vectors.shape[1], dtype=np.float32)) / np.float32(sum(vectors.shape))
    axes, axis_weights, constants = to_axes(linear, quadratic, moments)
    return TopicPredictor.rounded(
        old.classes,
        old.extractor,
        coef,
        axes=axes,
        axis_weights=axis_weights,
        intercept=intercept + constants,
        curves=old.curves,
        thresholds=old.thresholds,
    )


def _stack(one: Features, other: Features) -> Features:
    """Return the features of the texts of both."""
    return Features(
        vstack([one.text, other.text], "csr"),
        vstack([one.lead, other.lead], "csr"),
        *(np.concatenate(pair) for pair in zip(one[2:], other[2:], strict=True)),
    )
