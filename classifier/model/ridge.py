"""Ridge regression of all topics at once, and the scores of texts left out, in closed form."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotrf, spotri, spotrs

from classifier.arrays import Float32Array, Float64Array, IndexArray
from classifier.errors import Error
from classifier.model.features import Features
from classifier.model.products import SplitMatrix, row_slices

# Weights of the article vectors' dimensions and of their products, beside those of lemmas.
LINEAR, QUADRATIC = 1.0, 2.0
# Variance of the intercept beside that of the weights; 1 is no better (tests/benchmarks/ablation.md).
_INTERCEPT = 0.1


class Weights(NamedTuple):
    """Weights of all topics.

    Attributes
    ----------
    coef
        Of the lemmas of the text and of its lead, (2, lemmas, topics).
    linear
        Of the dimensions of the article vectors, (dimensions, topics).
    quadratic
        Of the products of these dimensions: quadratic forms, (topics, dimensions, dimensions).
    intercept
        (topics,).
    moments
        Second moments of the article vectors that the weights were fitted on, (dimensions, dimensions).
    """

    coef: Float32Array
    linear: Float32Array
    quadratic: Float32Array
    intercept: Float32Array
    moments: Float32Array

    def scaled(self, factor: float) -> "Weights":
        """Return the weights times a number."""
        return Weights(*(array * np.float32(factor) for array in self))

    def plus(self, other: "Weights") -> "Weights":
        """Return the sum of both."""
        return Weights(*(one + two for one, two in zip(self, other, strict=True)))


class RidgeFit(NamedTuple):
    """Weights, and scores of the texts they were fitted on, (texts, topics), by models that did not see them.

    Attributes
    ----------
    weights
        Of all topics.
    loo_scores
        Of each text by the model that was fitted without this text.
    group_scores
        Of each text by the model that was fitted without all texts of its group.
    """

    weights: Weights
    loo_scores: Float32Array
    group_scores: Float32Array


def fit_ridge(
    features: Features,
    unit_vectors: Float32Array,
    targets: Float32Array,
    alpha: float,
    semantic_smoothing: float,
    groups: Sequence[IndexArray] = (),
) -> RidgeFit:
    """Fit all topics.

    The regression is solved in the kernel, whose size is that of the texts: time grows with the third power of their
    number, memory with the second. 21,254 texts take a minute and 4 GB on two cores.

    Parameters
    ----------
    features
        Of the texts.
    unit_vectors
        Word vectors of length 1, (lemmas, dimensions).
    targets
        The scores to come near to, (texts, topics): 1 for a text with the topic and -1 for one without, for instance.
    alpha, semantic_smoothing
        As in `TopicClassifier`.
    groups
        Rows of the texts that are left out together, such as those of an outlet; a text in none is left out alone.

    Raises
    ------
    Error
        `alpha` is too small, or a setting too large, for the precision of the numbers.
    """
    sums = [block @ unit_vectors for block in (features.text, features.lead)]
    kernel = compute_kernel(features, sums, semantic_smoothing)
    try:
        duals, inverse = _solve(kernel, targets, alpha)
        loo_scores, group_scores = _scores_left_out(targets, duals, inverse, groups)
    except LinAlgError:
        settings = f"alpha {alpha} and semantic_smoothing {semantic_smoothing}"
        raise Error(f"the regression has no solution with {settings}: take numbers nearer to the defaults") from None
    coef = [
        block.T @ duals + np.float32(semantic_smoothing) * unit_vectors @ (block_sums.T @ duals)
        for block, block_sums in zip((features.text, features.lead), sums, strict=True)
    ]
    vectors = features.vectors
    quadratic = [QUADRATIC * (vectors.T * column) @ vectors for column in duals.T]
    moments = vectors.T @ vectors / np.float32(max(len(vectors), 1))
    intercept = np.float32(_INTERCEPT) * duals.sum(axis=0)
    weights = Weights(np.stack(coef), LINEAR * (vectors.T @ duals), np.stack(quadratic), intercept, moments)
    return RidgeFit(weights, loo_scores, group_scores)


def compute_kernel(features: Features, sums: Sequence[Float32Array], semantic_smoothing: float) -> Float32Array:
    """Return the inner products of the features of every two texts, (texts, texts).

    `sums` are the sums of word vectors over the texts and over their leads, (texts, dimensions): two texts with
    different words of like vectors are similar too, as far as `semantic_smoothing` says.
    """
    kernel = np.full((len(features.vectors), len(features.vectors)), _INTERCEPT, np.float32)
    for block in (features.text, features.lead):
        SplitMatrix(block).add_gram(kernel)
    related = np.hstack(sums)
    for rows in row_slices(len(kernel)):
        alike = features.vectors[rows] @ features.vectors.T
        kernel[rows] += np.float32(semantic_smoothing) * (related[rows] @ related.T)
        kernel[rows] += LINEAR * alike + QUADRATIC * alike**2
    return kernel


def _solve(kernel: Float32Array, targets: Float32Array, alpha: float) -> tuple[Float32Array, NDArray[np.float32]]:
    """Return the dual coefficients, (texts, topics), and the inverse of the kernel with `alpha` on its diagonal.

    The kernel is overwritten. Of the inverse, only the upper triangle is right.
    """
    kernel[np.diag_indices_from(kernel)] += alpha
    factor, failed = spotrf(kernel.T, lower=0, overwrite_a=1, clean=0)
    if failed:
        raise LinAlgError
    duals, _ = spotrs(factor, np.asfortranarray(targets), lower=0)
    inverse, _ = spotri(factor, lower=0, overwrite_c=1)
    return np.ascontiguousarray(duals), inverse


def _scores_left_out(
    targets: Float32Array, duals: Float32Array, inverse: Float32Array, groups: Sequence[IndexArray]
) -> tuple[Float32Array, Float32Array]:
    """Return the scores of each text by models without it and without its group, (texts, topics)."""
    loo_scores = targets - duals / inverse.diagonal()[:, None]
    group_scores = loo_scores.copy()
    for group in map(np.sort, groups):
        group_scores[group] = targets[group] - _left_out_residuals(inverse, duals, group)
    if not np.isfinite(group_scores).all():
        raise LinAlgError
    return loo_scores, group_scores


def _left_out_residuals(inverse: Float32Array, duals: Float32Array, group: IndexArray) -> Float64Array:
    """Return targets minus scores of a sorted group by a model fitted without it, (texts of the group, topics).

    They are ``inv(V[g, g]) @ duals[g]``, V being the inverse. For a group of one text, this is the formula of Rifkin
    and Lippert (2007, Notes on Regularized Least Squares); for more it follows in the same way.
    """
    block = np.triu(inverse[np.ix_(group, group)]).astype(np.float64)
    factor = cho_factor(block, lower=False, overwrite_a=True, check_finite=False)
    residuals: Float64Array = cho_solve(factor, duals[group].astype(np.float64), check_finite=False)
    return residuals
