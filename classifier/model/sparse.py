"""Sparse rows times tables of bytes: exact products, whose sums do not depend on which texts are tagged together.

SciPy multiplies many rows fast, but its import takes 0.15 s, half of what one article takes. So few rows are multiplied
by NumPy. Both give the same bits: a weight of 16 bits times a byte fits into the 24 bits of a single-precision number,
and so is exact even where a processor fuses it with the sum; and both add the products of a row in order.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import ColumnArray, Float32Array

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_FEW = 1000  # numbers of a sparse matrix: an article or a few; of more, SciPy is faster
_DROPPED = 24 - 16  # bits of a single-precision number's 24


class SparseRows(NamedTuple):
    """Rows of a sparse matrix, float32, named as in SciPy's ``csr_matrix``; sorted, without duplicates."""

    data: Float32Array
    indices: ColumnArray
    indptr: ColumnArray

    def to_csr(self, columns: int) -> "csr_matrix":
        """Return SciPy's matrix, (rows, columns)."""
        from scipy.sparse import csr_matrix

        return csr_matrix(self, (len(self.indptr) - 1, columns))


@dataclass(frozen=True, eq=False)
class ByteTable:
    """A matrix whose rows are bytes times a number of each row.

    Attributes
    ----------
    values
        (rows, columns).
    scale
        (rows,).
    """

    values: NDArray[np.int8]
    scale: Float32Array

    @classmethod
    def rounded(cls, matrix: NDArray[Any]) -> Self:
        """Round a matrix: the largest number of each row becomes 127 or -127."""
        scale = (np.abs(matrix).max(axis=1, initial=0) / 127).astype(np.float32)
        steps = matrix / np.where(scale > 0, scale, np.inf)[:, None]
        return cls(np.rint(steps).clip(-127, 127).astype(np.int8), scale)

    def __getitem__(self, rows: Any) -> Float32Array:
        """Return some rows as numbers, (rows, columns)."""
        numbers: Float32Array = self.values[rows] * self.scale[rows][..., None]
        return numbers

    def product(self, rows: "SparseRows | csr_matrix") -> Float32Array:
        """Return sparse rows times this table, (sparse rows, columns)."""
        weights = _rounded(rows.data * self.scale[rows.indices])
        if len(weights) > _FEW:
            return self._product_of_many(weights, rows.indices, rows.indptr)
        found = np.zeros((len(rows.indptr) - 1, self.values.shape[1]), np.float32)
        parts = weights[:, None] * self.values[rows.indices]
        for row, (start, stop) in enumerate(zip(rows.indptr[:-1], rows.indptr[1:], strict=True)):
            if start < stop:
                found[row] = np.add.accumulate(parts[start:stop])[-1]
        return found

    def _product_of_many(self, weights: Float32Array, indices: ColumnArray, indptr: ColumnArray) -> Float32Array:
        """Multiply by SciPy.

        Only the rows that occur become single-precision numbers: that is as fast as to keep all of them so, which would
        take 55 MB for the shipped model.
        """
        from scipy.sparse import csr_matrix

        occurs = np.zeros(len(self.values), bool)
        occurs[indices] = True
        used = np.flatnonzero(occurs)
        places = (np.cumsum(occurs, dtype=np.int32) - 1)[indices]
        numbers = self.values[used].astype(np.float32)
        product: Float32Array = csr_matrix((weights, places, indptr), (len(indptr) - 1, len(used))) @ numbers
        return product


def _rounded(numbers: Float32Array) -> Float32Array:
    """Round single-precision numbers to 16 bits."""
    half, mask = np.uint32(1 << (_DROPPED - 1)), np.uint32(0xFFFFFFFF << _DROPPED & 0xFFFFFFFF)
    bits = np.ascontiguousarray(numbers, np.float32).view(np.uint32)
    return ((bits + half) & mask).view(np.float32)
