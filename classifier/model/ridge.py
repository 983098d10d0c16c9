"""Ridge regression of all topics at once, and the scores of texts left out, in closed form."""

from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve, get_lapack_funcs

from classifier.arrays import Float32Array, Float64Array, IndicatorArray
from classifier.model.features import Features

_ROWS = 1000  # of a kernel computed at once
# Variance of the intercept beside that of the weights. A larger one lets whole articles set the intercept, which is
# then too low for a headline alone: with 1, micro-F1 on headlines is 0.621, with 0.1 it is 0.656; on articles it is the
# same (cross-validation on `train`, tests/benchmarks/ablation.md).
_INTERCEPT = 0.1


class Weights(NamedTuple):
    """Weights of all topics.

    Attributes
    ----------
    coef
        Of the lemmas of the text and of its lead, (2, lemmas, topics).
    quadratic
        Quadratic forms of the article vectors, (topics, dimensions, dimensions).
    intercept
        (topics,).
    """

    coef: Float64Array
    quadratic: Float64Array
    intercept: Float64Array

    def scaled(self, factor: float) -> "Weights":
        """Return the weights times a number."""
        return Weights(*(array * factor for array in self))

    def plus(self, other: "Weights") -> "Weights":
        """Return the sum of both."""
        return Weights(*map(np.add, self, other))


def fit_ridge(
    features: Features, unit_vectors: Float32Array, y_true: IndicatorArray, alpha: float, semantic_smoothing: float
) -> tuple[Weights, Float64Array]:
    """Fit all topics.

    The regression is solved in the kernel, whose size is that of the texts: time grows with the third power of their
    number, memory with the second.

    Parameters
    ----------
    features
        Of the texts.
    unit_vectors
        Word vectors of length 1, (lemmas, dimensions).
    y_true
        (texts, topics).
    alpha, semantic_smoothing
        As in `TopicClassifier`.

    Returns
    -------
    weights
        Of all topics.
    loo_scores
        Score of each text by the model that was fitted without this text, (texts, topics), in closed form (Rifkin and
        Lippert, 2007, Notes on Regularized Least Squares).
    """
    targets = 2.0 * y_true - 1
    means = [block @ unit_vectors for block in (features.text, features.lead)]
    kernel = compute_kernel(features, means, semantic_smoothing)
    kernel[np.diag_indices_from(kernel)] += alpha
    factor = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
    duals = cho_solve(factor, targets, check_finite=False)
    (potri,) = get_lapack_funcs(["potri"], [factor[0]])
    inverse, _ = potri(factor[0], lower=True, overwrite_c=True)
    loo_scores = targets - duals / inverse.diagonal()[:, None]
    coef = [
        block.T @ duals + semantic_smoothing * unit_vectors @ (mean.T @ duals)
        for block, mean in zip((features.text, features.lead), means, strict=True)
    ]
    quadratic = np.stack([(features.vectors.T * column) @ features.vectors for column in duals.T])
    return Weights(np.stack(coef), quadratic, _INTERCEPT * duals.sum(axis=0)), loo_scores


def compute_kernel(features: Features, means: list[Float32Array], semantic_smoothing: float) -> Float64Array:
    """Return the inner products of the features of every two texts, (texts, texts).

    `means` are the mean word vectors of the texts and of their leads, (texts, dimensions): two texts with different
    words of like vectors are similar too, as far as `semantic_smoothing` says.
    """
    kernel = (features.vectors @ features.vectors.T) ** 2 + _INTERCEPT
    for block, mean in zip((features.text, features.lead), means, strict=True):
        for start in range(0, len(kernel), _ROWS):
            rows = slice(start, start + _ROWS)
            kernel[rows] += (block[rows] @ block.T).toarray() + semantic_smoothing * mean[rows] @ mean.T
    return kernel
