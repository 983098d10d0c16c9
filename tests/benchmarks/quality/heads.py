"""Rivals on sentence encoders: the vectors of one, standardized, and a head on top that gives the topics."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from tests.benchmarks.quality.contenders import Rival, Score, Scores, Trial
from tests.benchmarks.quality.encoders import ENCODERS, Encoder, Vectors, vectors
from tests.benchmarks.quality.materials import FULL, Inputs, Materials, Split

Head = Callable[[Vectors, NDArray[np.int8]], Callable[[Vectors], Scores]]
STRENGTHS = (0.01, 0.03)  # C of logistic regression
# Of the kernel: gamma times the dimensions, alpha of ridge regression; the best of a wider search on fewer labels.
KERNELS = ((0.25, 0.1), (0.5, 0.03), (0.5, 0.1), (0.5, 0.3))
AT_ONCE = 2000  # texts scored


def logistic(strength: float, X: Vectors, y: NDArray[np.int8]) -> Callable[[Vectors], Scores]:
    """Fit logistic regression, a model for each topic."""
    return OneVsRestClassifier(LogisticRegression(C=strength, max_iter=1000)).fit(X, y).decision_function


def kernel_ridge(width: float, penalty: float, X: Vectors, y: NDArray[np.int8]) -> Callable[[Vectors], Scores]:
    """Fit ridge regression with an RBF kernel, in closed form: one Cholesky factor serves all topics."""
    gamma = width / X.shape[1]
    kernel = rbf(X, X, gamma)
    kernel[np.diag_indices_from(kernel)] += penalty
    factor = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    duals = cho_solve(factor, (2 * y - 1).astype(np.float32), check_finite=False)

    def score(given: Vectors) -> Scores:
        parts = [rbf(given[start : start + AT_ONCE], X, gamma) @ duals for start in range(0, len(given), AT_ONCE)]
        return np.concatenate(parts).astype(float)

    return score


def rbf(X: Vectors, Y: Vectors, gamma: float) -> Vectors:
    """Return the kernel of two sets of vectors, in float32 and little memory."""
    kernel = X @ Y.T
    kernel *= 2 * gamma
    kernel -= gamma * np.einsum("ij,ij->i", X, X)[:, None]
    kernel -= gamma * np.einsum("ij,ij->i", Y, Y)
    return np.exp(kernel, out=kernel)


def encoded(encoder: Encoder, head: Head, folder: Path, news: Materials, split: Split) -> Score:
    """Fit a head on the vectors of full texts; None where the articles have no vectors at a length."""
    full = vectors(encoder, news, FULL, folder)[split.fit]
    mean, deviation = full.mean(axis=0), full.std(axis=0)
    model = head((full - mean) / deviation, news.y_true[split.fit])

    def score(inputs: Inputs) -> Scores | None:
        given = vectors(encoder, news, inputs.length, folder)[inputs.rows]
        return model((given - mean) / deviation) if given.any(axis=1).all() else None

    return score


def rivals_on_encoders(folder: Path) -> list[Rival]:
    """Return a rival for each encoder; the vectors are kept in a folder."""
    heads: dict[str, Head] = {f"logistic regression, C {c}": partial(logistic, c) for c in STRENGTHS}
    for width, penalty in KERNELS:
        heads[f"kernel ridge, gamma {width} / dimensions, alpha {penalty}"] = partial(kernel_ridge, width, penalty)
    return [
        Rival(encoder.name, [Trial(name, partial(encoded, encoder, head, folder)) for name, head in heads.items()])
        for encoder in ENCODERS
    ]
