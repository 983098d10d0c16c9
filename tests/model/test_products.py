import numpy as np
import pytest
from scipy.sparse import csr_matrix, random

from classifier.model import products
from classifier.model.products import SplitMatrix, row_slices


@pytest.fixture(params=[0, 3, 20])
def split(request, monkeypatch):
    """A sparse matrix and its split, with so many dense columns."""
    monkeypatch.setattr(products, "_FREQUENT", request.param)
    monkeypatch.setattr(products, "ROWS", 7)
    matrix = csr_matrix(random(30, 20, 0.3, random_state=0, dtype=np.float32))
    return matrix, SplitMatrix(matrix)


def test_products_are_those_of_the_matrix(split):
    matrix, found = split
    weights, values = (
        np.random.RandomState(0).rand(20, 4).astype("f4"),
        np.random.RandomState(1).rand(30, 4).astype("f4"),
    )
    np.testing.assert_allclose(found.times(weights), matrix @ weights, rtol=1e-5)
    np.testing.assert_allclose(found.transposed_times(values), matrix.T @ values, rtol=1e-5)


def test_inner_products_are_added(split):
    matrix, found = split
    kernel = np.ones((30, 30), np.float32)
    found.add_gram(kernel)
    np.testing.assert_allclose(kernel, 1 + (matrix @ matrix.T).toarray(), rtol=1e-5)


def test_the_dense_columns_are_the_most_frequent_ones(monkeypatch):
    monkeypatch.setattr(products, "_FREQUENT", 1)
    found = SplitMatrix(csr_matrix(np.array([[1, 0, 2], [0, 0, 3]], np.float32)))
    assert found.frequent.tolist() == [2] and found.rest.nnz == 1


def test_slices_cover_all_rows_once():
    rows = np.arange(2500)
    assert np.concatenate([rows[each] for each in row_slices(2500)]).tolist() == rows.tolist()
    assert row_slices(0) == []
