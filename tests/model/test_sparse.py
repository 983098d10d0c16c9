"""Products of sparse rows and tables of bytes, which are the same to the last bit however many rows there are."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from classifier.model import sparse as module
from classifier.model.lemma_weights import LemmaWeights
from classifier.model.sparse import ByteTable, SparseRows


@pytest.fixture(scope="module")
def table():
    return ByteTable.rounded(np.random.RandomState(0).normal(size=(500, 7)) ** 3)


@pytest.fixture(scope="module")
def matrix():
    random = np.random.RandomState(0)
    return csr_matrix(random.uniform(size=(300, 500)) * (random.uniform(size=(300, 500)) < 0.05), dtype=np.float32)


def rows_of(matrix):
    return SparseRows(matrix.data, matrix.indices, matrix.indptr)


def test_a_table_is_rounded_by_rows(table):
    exact = np.random.RandomState(0).normal(size=(500, 7)) ** 3
    largest = np.abs(exact).max(axis=1, keepdims=True)
    assert (np.abs(table[:] - exact) <= largest / 127 * 0.501).all()
    assert (np.abs(table.values).max(axis=1) == 127).all()
    assert ByteTable.rounded(np.zeros((2, 3)))[:].tolist() == [[0] * 3] * 2


def test_a_product_is_that_of_the_numbers(table, matrix):
    np.testing.assert_allclose(table.product(rows_of(matrix)), matrix @ table[:], rtol=1e-3, atol=1e-4)


def test_few_rows_have_the_same_product_as_many_to_the_last_bit(table, matrix, monkeypatch):
    together = table.product(matrix)
    apart = np.concatenate([table.product(rows_of(matrix[[row]])) for row in range(300)])
    np.testing.assert_array_equal(apart, together)
    monkeypatch.setattr(module, "_FEW", 10**9)
    np.testing.assert_array_equal(table.product(matrix), together)


def test_a_weight_times_a_byte_is_exact(table, matrix):
    weights = module._rounded(matrix.data * table.scale[matrix.indices])
    products = weights[:, None] * table.values[matrix.indices]
    np.testing.assert_array_equal(products, weights[:, None].astype(np.float64) * table.values[matrix.indices])


@pytest.mark.parametrize("number", [0.0, 1.0, -1.0, 0.1, 1e-30, 3e38, -2.5])
def test_a_number_is_rounded_to_16_bits(number):
    rounded = float(module._rounded(np.array([number], np.float32))[0])
    assert rounded == pytest.approx(number, rel=2**-16)
    mantissa = np.frexp(rounded)[0] * 2**16
    assert mantissa == int(mantissa)


def test_a_row_of_nothing_is_zero(table):
    empty = SparseRows(np.empty(0, np.float32), np.empty(0, np.int32), np.zeros(3, np.int32))
    assert table.product(empty).tolist() == [[0] * 7] * 2


def test_topics_that_are_joined_keep_their_weights_to_the_last_bit(matrix):
    random = np.random.RandomState(1)
    one, other = (
        LemmaWeights.rounded(size * random.normal(size=(2, 500, topics))) for size, topics in ((1, 4), (9, 2))
    )
    both = one.join(other)
    np.testing.assert_array_equal(both.coef, np.concatenate([one.coef, other.coef], -1))
    rows = rows_of(matrix)
    np.testing.assert_array_equal(both.times(rows, rows)[:, :4], one.times(rows, rows))
    np.testing.assert_array_equal(both.times(rows, rows)[:, 4:], other.times(rows, rows))


def test_selected_topics_keep_their_weights_and_only_the_parts_they_need(matrix):
    random = np.random.RandomState(2)
    both = LemmaWeights.rounded(random.normal(size=(2, 500, 3))).join(
        LemmaWeights.rounded(random.normal(size=(2, 500, 2)))
    )
    some = both.select([4, 1])
    np.testing.assert_array_equal(some.coef, both.coef[..., [4, 1]])
    assert some.scale.shape[-1] == 2 and both.select([3]).scale.shape[-1] == 1
    np.testing.assert_array_equal(both.of([5, 7], [4, 0]), both.coef[:, [5, 7]][..., [4, 0]])
