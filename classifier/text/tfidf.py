"""TF-IDF weights without scikit-learn, whose import takes a second, or SciPy's matrices."""

import numpy as np

from classifier.arrays import ColumnArray, Float32Array


def idf_weights(document_frequencies: Float32Array, texts: int) -> Float32Array:
    """Return the smoothed inverse document frequencies that scikit-learn's `TfidfTransformer` uses, (lemmas,)."""
    return np.log((1 + texts) / (1 + document_frequencies)) + 1


def tfidf(
    counts: Float32Array, columns: ColumnArray, indptr: ColumnArray, idf: Float32Array, *, sublinear_tf: bool = True
) -> Float32Array:
    """Weight counts as ``TfidfTransformer(sublinear_tf=...)`` does (a test compares them); rows have length 1.

    Parameters
    ----------
    counts, columns, indptr
        ``data``, ``indices`` and ``indptr`` of a sparse matrix of counts, (texts, lemmas), without zeros.
    idf
        Inverse document frequencies, (lemmas,).

    Returns
    -------
    ndarray
        The weights in the order of the counts.
    """
    frequency = np.log(counts) + 1 if sublinear_tf else counts
    weights = frequency * idf[columns]
    row = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    length = np.sqrt(np.bincount(row, weights**2, len(indptr) - 1)).astype(np.float32)
    return np.asarray(weights / length[row], np.float32)
