"""Raw scores to calibrated log-odds and thresholds; quadratic forms to a few axes."""

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from classifier.arrays import Float64Array, IndicatorArray
from classifier.model.thresholds import choose_threshold

_NEAR = 0.05  # probability from which a text is near a topic
# Axes of each topic's quadratic form. All 64 give 0.2 points more macro-F1 (cross-validation on `train`,
# tests/benchmarks/ablation.md), but this part of the model is then ten times as large, and prediction slower.
_AXES = 6


def calibrate(loo_scores: Float64Array, y_true: IndicatorArray) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Fit a sigmoid and a threshold for each topic on the scores of texts left out.

    The sigmoid is Platt's, as in `sklearn.calibration.CalibratedClassifierCV(ensemble=False)`. It is linear in the
    score, so it can be folded into the weights: the stored model is one linear model whose scores are log-odds.

    Returns
    -------
    slopes, shifts, thresholds
        The log-odds of a score are ``slope * score + shift``; each (topics,).
    """
    slopes, shifts, thresholds = [], [], []
    for scores, column in zip(loo_scores.T[:, :, None], y_true.T, strict=True):
        platt = LogisticRegression().fit(scores, column)
        slopes.append(platt.coef_[0, 0])
        shifts.append(platt.intercept_[0])
        thresholds.append(_threshold(scores, column, platt))
    return np.array(slopes), np.array(shifts), np.array(thresholds)


def _threshold(scores: Float64Array, y_true: IndicatorArray, platt: LogisticRegression) -> float:
    """Return the threshold of one topic, as a probability of its sigmoid.

    Most texts are far from a topic, and a sigmoid fitted to all of them is too low where the decision is made: 0.14
    for what is right in 0.24 of cases. So the threshold is chosen on a second sigmoid, fitted to the near texts only;
    that gives one point of macro-F1. For probabilities, the first sigmoid is better overall.
    """
    probabilities = platt.predict_proba(scores)[:, 1]
    best = choose_threshold(y_true, probabilities)
    near = probabilities >= _NEAR
    if not y_true[near].any() or y_true[near].all():
        return best
    local = LogisticRegression().fit(scores[near], y_true[near])
    if local.coef_[0, 0] <= 0:
        return best
    score = (logit(best) - local.intercept_) / local.coef_[0]
    return float(platt.predict_proba(score.reshape(1, 1))[0, 1])


def principal_axes(quadratic: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Reduce quadratic forms to the axes with the largest eigenvalues.

    The eigenvalues of the other axes are replaced by their mean. Article vectors have length 1, so that this becomes a
    constant.

    Parameters
    ----------
    quadratic
        (topics, dimensions, dimensions).

    Returns
    -------
    axes, signs, constants
        Axes and signs as in `TopicPredictor`, and what to add to the intercepts, (topics,).
    """
    eigenvalues, eigenvectors = np.linalg.eigh(quadratic)
    order = np.argsort(-np.abs(eigenvalues), axis=1)
    eigenvalues = np.take_along_axis(eigenvalues, order, 1)
    eigenvectors = np.take_along_axis(eigenvectors, order[:, None], 2)
    rest = eigenvalues[:, _AXES:]
    constants = rest.mean(axis=1) if rest.size else np.zeros(len(quadratic))
    kept = eigenvalues[:, :_AXES] - constants[:, None]
    axes = eigenvectors[:, :, :_AXES] * np.sqrt(np.abs(kept))[:, None]
    return axes.transpose(1, 2, 0), np.sign(kept).T, constants
