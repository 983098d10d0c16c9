import numpy as np
import pytest

from classifier.model import axes
from classifier.model.axes import to_axes


def forms(random, topics, dimensions):
    quadratic = random.normal(size=(topics, dimensions, dimensions))
    return random.normal(size=(dimensions, topics)), quadratic + quadratic.transpose(0, 2, 1)


def unit_rows(random, number, dimensions):
    spread = np.linspace(0.2, 2, dimensions)  # uneven, as article vectors are
    vectors = random.normal(size=(number, dimensions)) * spread
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def score(vectors, found, weights, constants):
    projections = np.einsum("nd,dat->nat", vectors, found)
    projections[:, 1:] **= 2
    return (projections * weights).sum(axis=1) + constants


def test_axes_give_the_forms(monkeypatch):
    monkeypatch.setattr(axes, "AXES", 6)
    random = np.random.RandomState(0)
    linear, quadratic = forms(random, 3, 6)
    vectors = unit_rows(random, 500, 6)
    found, weights, constants = to_axes(linear, quadratic, vectors.T @ vectors / 500)
    assert found.shape == (6, 7, 3) and weights.shape == (7, 3)
    expected = vectors @ linear + np.einsum("nd,tde,ne->nt", vectors, quadratic, vectors)
    np.testing.assert_allclose(score(vectors, found, weights, constants), expected, atol=0.01)


def test_axes_are_a_little_shorter_than_one():
    random = np.random.RandomState(0)
    vectors = unit_rows(random, 500, 6)
    found, *_ = to_axes(*forms(random, 2, 6), vectors.T @ vectors / 500)
    assert np.linalg.norm(found, axis=0) == pytest.approx(0.98, abs=1e-3)


def test_what_is_cut_off_is_replaced_by_its_mean(monkeypatch):
    monkeypatch.setattr(axes, "AXES", 3)
    random = np.random.RandomState(0)
    linear, quadratic = forms(random, 2, 8)
    vectors = unit_rows(random, 5000, 8)
    found, weights, constants = to_axes(linear, quadratic, vectors.T @ vectors / 5000)
    exact = vectors @ linear + np.einsum("nd,tde,ne->nt", vectors, quadratic, vectors)
    error = score(vectors, found, weights, constants) - exact
    np.testing.assert_allclose(error.mean(axis=0), 0, atol=0.01)
    assert (error.std(axis=0) < exact.std(axis=0)).all()
