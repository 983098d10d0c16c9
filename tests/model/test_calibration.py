import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from classifier.model.calibration import calibrate, principal_axes


def test_a_score_is_calibrated_by_platts_sigmoid_of_leave_one_out_scores():
    random = np.random.RandomState(0)
    y_true = random.randint(0, 2, (200, 1))
    loo_scores = y_true + random.normal(size=y_true.shape)
    slopes, shifts, thresholds = calibrate(loo_scores, y_true)
    stock = LogisticRegression().fit(loo_scores, y_true[:, 0])
    np.testing.assert_allclose([slopes[0], shifts[0]], [stock.coef_[0, 0], stock.intercept_[0]])
    assert 0 < thresholds[0] < 0.5


@pytest.mark.parametrize("dimensions", [4, 12])
def test_principal_axes_give_the_quadratic_form_on_vectors_of_length_one(dimensions):
    random = np.random.RandomState(0)
    basis = np.linalg.qr(random.normal(size=(dimensions, dimensions)))[0]
    eigenvalues = np.array([9.0, -7, 5, -3, 2, 4, *[0.5] * 6][:dimensions])  # the rest are equal: nothing is lost
    quadratic = (basis * eigenvalues @ basis.T)[None]
    axes, signs, constants = principal_axes(quadratic)
    assert axes.shape == (dimensions, min(dimensions, 6), 1) and signs.shape == axes.shape[1:]
    vectors = random.normal(size=(20, dimensions))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    expected = np.einsum("nd,de,ne->n", vectors, quadratic[0], vectors)
    projections = np.einsum("nd,dat->nat", vectors, axes)
    np.testing.assert_allclose((projections**2 * signs).sum(axis=1)[:, 0] + constants[0], expected, atol=1e-9)
