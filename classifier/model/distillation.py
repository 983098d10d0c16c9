"""Word vectors from a sentence encoder: what it says of whole articles, told by their words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from classifier.arrays import Float32Array
from classifier.errors import UsageError
from classifier.model.features import FeatureExtractor, favour_lead
from classifier.model.products import SplitMatrix
from classifier.text.lexicon import Lexicon

DIMENSIONS = 128
_ALPHA = 1.5  # of the ridge regression
_STEPS, _ENOUGH = 12, 0.03  # of conjugate gradients: most steps, and the residual's share at which they end


def distill(
    lexicon: Lexicon,
    texts: Sequence[str],
    encoded: Float32Array,
    *,
    lead_words: int = 60,
    headline_words: int = 12,
    dimensions: int = DIMENSIONS,
) -> Lexicon:
    """Teach a lexicon what a sentence encoder knows; labels play no part. 93,000 articles take two minutes and 3 GB.

    A ridge regression predicts the encoder's vector of an article from the TF-IDF of its lead and, at half weight, of
    its text. Its weights are vectors of words: their weighted sum over an article is near to what the encoder says of
    it, and takes no encoder to compute. The vectors are turned to the principal axes of the predictions, and the first
    ones kept. Distilling an encoder into vectors of words is the idea of Model2Vec (github.com/MinishLab/model2vec),
    which averages what the encoder says of each word alone.

    Parameters
    ----------
    lexicon
        Lemmas and their rarity.
    texts
        News, labelled or not.
    encoded
        The encoder's vectors of these texts, (texts, n).
    lead_words, headline_words
        As in `classifier.model.estimator.TopicClassifier`.
    dimensions
        Of the vectors that are kept.

    Returns
    -------
    Lexicon
        A copy with distilled vectors.

    Raises
    ------
    UsageError
        There are not as many vectors as texts, or fewer than two.
    """
    encoded = np.asarray(encoded, np.float32)
    if encoded.ndim != 2 or len(texts) != len(encoded) or len(texts) < 2:
        raise UsageError(f"{len(texts)} texts and {len(encoded)} vectors of an encoder: two or more pairs are needed")
    if not lexicon.lemmas:  # too few texts; old versions of SciPy do not solve systems of no equations
        return lexicon.with_distilled(np.empty((0, min(dimensions, encoded.shape[1])), np.float32))
    features, _ = FeatureExtractor(lexicon, lead_words, headline_words).uncentred(texts)
    matrix = SplitMatrix(favour_lead(features))
    weights = _ridge(matrix, _standardized(encoded))
    predicted = matrix.times(weights)
    predicted -= predicted.mean(axis=0)
    _, axes = np.linalg.eigh(predicted.T @ predicted)
    return lexicon.with_distilled(weights @ axes[:, ::-1][:, :dimensions])


def _standardized(encoded: Float32Array) -> Float32Array:
    """Return the vectors with dimensions of equal spread, of length 1, centred."""
    vectors = (encoded - encoded.mean(axis=0)) / np.maximum(encoded.std(axis=0), 1e-9)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    centred: Float32Array = (vectors - vectors.mean(axis=0)).astype(np.float32)
    return centred


def _ridge(matrix: SplitMatrix, targets: Float32Array) -> Float32Array:
    """Return the weights of a ridge regression, (lemmas, n), by conjugate gradients for all targets side by side.

    The preconditioner is the exact inverse for the frequent lemmas and a diagonal for the others; so a few steps do.
    """
    gram = matrix.dense.T @ matrix.dense
    gram[np.diag_indices_from(gram)] += _ALPHA
    factor = cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    rest = matrix.rest
    squares = np.bincount(rest.indices, rest.data**2, rest.shape[1]).astype(np.float32)[:, None] + _ALPHA

    def precondition(values: Float32Array) -> Float32Array:
        found: Float32Array = values / squares
        found[matrix.frequent] = cho_solve(factor, values[matrix.frequent], check_finite=False)
        return found

    residual = matrix.transposed_times(targets)
    weights = np.zeros_like(residual)
    enough = _ENOUGH * float(np.linalg.norm(residual))
    direction: Any = precondition(residual)
    size = _column_products(residual, direction)
    for _ in range(_STEPS):
        image = matrix.transposed_times(matrix.times(direction)) + _ALPHA * direction
        step = size / np.maximum(_column_products(direction, image), 1e-30)
        weights += step * direction
        residual = residual - step * image
        if np.linalg.norm(residual) <= enough:
            break
        better = precondition(residual)
        last, size = size, _column_products(residual, better)
        direction = better + size / np.maximum(last, 1e-30) * direction
    return weights


def _column_products(one: Float32Array, other: Float32Array) -> Float32Array:
    """Return the inner product of each column with its counterpart."""
    product: Float32Array = np.einsum("ij,ij->j", one, other)
    return product
