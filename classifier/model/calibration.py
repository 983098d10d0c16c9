"""Raw scores to log-odds of probabilities, and thresholds that hold on outlets never seen."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from classifier.arrays import BoolArray, Float32Array, Float64Array, IndexArray, IndicatorArray
from classifier.model.curves import BEND, bent
from classifier.model.thresholds import choose_threshold

_MIN_SLOPE = 0.05  # of a curve, so that it rises everywhere
# A topic is calibrated on left-out groups if this many groups have this many texts of it each. Where one group has
# nearly all of them, a model without this group knows nothing of the topic.
MIN_GROUPS, MIN_TEXTS = 3, 5


class Calibration(NamedTuple):
    """How raw scores become decisions.

    Attributes
    ----------
    slopes, shifts
        The score of a model is ``slope * raw score + shift``, near to log-odds; each (topics,).
    curves
        What log-odds scores mean, (topics, 3); see `classifier.model.curves.log_odds`.
    thresholds
        Probability from which a text gets a topic, (topics,).
    """

    slopes: Float64Array
    shifts: Float64Array
    curves: Float64Array
    thresholds: Float64Array


def calibrate(
    loo_scores: Float32Array,
    group_scores: Float32Array,
    y_true: IndicatorArray,
    groups: Sequence[IndexArray] = (),
    sample_weight: Float64Array | None = None,
) -> Calibration:
    """Fit a calibration curve and a threshold for each topic.

    The curves are fitted on texts whose whole outlet was left out, because a model is used on outlets it has not seen.
    A threshold is half of the best F1. It is chosen twice, on scores with the outlet left out and with only the text
    left out, and the middle is taken: on outlets never seen, the former gives more topics than are right, the latter
    fewer.

    Parameters
    ----------
    loo_scores, group_scores
        Of `fit_ridge`, (texts, topics).
    y_true
        (texts, topics).
    groups
        Rows of each outlet.
    sample_weight
        How often each text counts, (texts,); None: once.
    """
    spread = is_spread(y_true, groups)
    weights = np.ones(len(y_true)) if sample_weight is None else sample_weight
    topics = [
        _calibrate_topic(loo, group if enough else loo, column, weights)
        for loo, group, column, enough in zip(loo_scores.T, group_scores.T, y_true.T, spread, strict=True)
    ]
    slopes, shifts, curves, thresholds = zip(*topics, strict=True)
    return Calibration(*map(np.array, (slopes, shifts, curves, thresholds)))


def is_spread(y_true: IndicatorArray, groups: Sequence[IndexArray]) -> BoolArray:
    """Return which topics occur in enough groups, (topics,)."""
    enough = [y_true[group].sum(axis=0) >= MIN_TEXTS for group in groups]
    return np.asarray(np.sum([np.zeros(y_true.shape[1], bool), *enough], axis=0) >= MIN_GROUPS)


def _calibrate_topic(
    loo_scores: Float32Array, group_scores: Float32Array, y_true: IndicatorArray, weights: Float64Array
) -> tuple[float, float, Float64Array, float]:
    """Return slope, shift, curve and threshold of one topic."""
    platt = LogisticRegression().fit(group_scores[:, None], y_true, weights)
    slope, shift = max(float(platt.coef_[0, 0]), _MIN_SLOPE), float(platt.intercept_[0])
    curves, cuts = [], []
    for raw in (group_scores, loo_scores):
        scores = slope * raw.astype(np.float64) + shift
        curve = _fit_curve(scores, y_true, weights)
        curves.append(curve)
        cuts.append(_inverse(curve, logit(choose_threshold(y_true, expit(bent(scores) @ curve), weights))))
    threshold = expit(bent(np.array(np.mean(cuts))) @ curves[0])
    return slope, shift, curves[0], float(threshold)


def _fit_curve(scores: Float64Array, y_true: IndicatorArray, weights: Float64Array) -> Float64Array:
    """Return the coefficients of a curve that rises everywhere, (3,)."""
    fitted = LogisticRegression(C=10).fit(bent(scores)[:, 1:], y_true, weights)
    low = max(fitted.coef_[0, 0], _MIN_SLOPE)
    return np.array([fitted.intercept_[0], low, max(fitted.coef_[0, 1], _MIN_SLOPE - low)])


def _inverse(curve: Float64Array, log_odds: float) -> float:
    """Return the score that a curve turns into some log-odds."""
    at_bend = float(bent(np.array(BEND)) @ curve)
    if log_odds <= at_bend:
        return float((log_odds - curve[0]) / curve[1])
    return float(BEND + (log_odds - at_bend) / (curve[1] + curve[2]))
