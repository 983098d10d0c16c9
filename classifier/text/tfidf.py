"""TF-IDF weights without scikit-learn, whose import takes a second."""

import numpy as np
from scipy.sparse import csr_matrix

from classifier.arrays import Float32Array


def idf_weights(document_frequencies: Float32Array, texts: int) -> Float32Array:
    """Return the smoothed inverse document frequencies that scikit-learn's `TfidfTransformer` uses, (lemmas,)."""
    return np.log((1 + texts) / (1 + document_frequencies)) + 1


def tfidf(counts: csr_matrix, idf: Float32Array, *, sublinear_tf: bool = True) -> csr_matrix:
    """Weight counts as ``TfidfTransformer(sublinear_tf=...)`` does (a test compares them); rows have length 1."""
    frequency = np.log(counts.data) + 1 if sublinear_tf else counts.data
    data = frequency * idf[counts.indices]
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(row, data**2, counts.shape[0])).astype(np.float32)
    return csr_matrix((data / length[row], counts.indices, counts.indptr), counts.shape)
