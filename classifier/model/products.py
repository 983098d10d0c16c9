"""Products of a sparse matrix at the speed of BLAS: its most frequent columns are kept dense."""

import numpy as np
from scipy.sparse import csr_matrix

from classifier.arrays import Float32Array

ROWS = 1000  # of a product computed at once
_FREQUENT = 2000  # columns that are cheaper dense


class SplitMatrix:
    """A sparse matrix, float32, (rows, columns), as a dense block of frequent columns and a sparse rest.

    Attributes
    ----------
    frequent
        The columns of the dense block.
    dense
        (rows, frequent columns).
    rest, transposed
        The matrix without these columns, and its transpose.
    """

    def __init__(self, matrix: csr_matrix) -> None:
        frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
        self.frequent = np.sort(np.argsort(-frequency, kind="stable")[:_FREQUENT])
        self.dense = np.empty((matrix.shape[0], len(self.frequent)), np.float32)
        for rows in row_slices(matrix.shape[0]):
            self.dense[rows] = matrix[rows][:, self.frequent].toarray()
        is_rare = np.ones(matrix.shape[1], np.float32)
        is_rare[self.frequent] = 0
        self.rest = matrix.copy()
        self.rest.data = self.rest.data * is_rare[self.rest.indices]
        self.rest.eliminate_zeros()
        self.transposed = self.rest.T.tocsr()

    def times(self, weights: Float32Array) -> Float32Array:
        """Return the matrix times the weights, (rows, n), for weights (columns, n)."""
        product: Float32Array = self.rest @ weights + self.dense @ weights[self.frequent]
        return product

    def transposed_times(self, values: Float32Array) -> Float32Array:
        """Return the transposed matrix times the values, (columns, n), for values (rows, n)."""
        product: Float32Array = self.transposed @ values
        product[self.frequent] += self.dense.T @ values
        return product

    def add_gram(self, kernel: Float32Array) -> None:
        """Add the inner products of all rows to a kernel, (rows, rows)."""
        for rows in row_slices(len(kernel)):
            kernel[rows] += (self.rest[rows] @ self.transposed).toarray()
            kernel[rows] += self.dense[rows] @ self.dense.T


def row_slices(number: int) -> list[slice]:
    """Return slices that part so many rows into pieces of at most `ROWS`."""
    return [slice(start, start + ROWS) for start in range(0, number, ROWS)]
