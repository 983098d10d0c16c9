import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from classifier.model.features import FeatureExtractor
from classifier.model.ridge import Weights, compute_kernel, fit_ridge

ALPHA, SMOOTHING = 2.0, 0.3


@pytest.fixture(scope="module")
def problem(small, small_model):
    """Features, word vectors and kernel of the small table."""
    extractor = FeatureExtractor(small_model.predictor_.lexicon.truncate(4), 60, 12)
    features, unit_vectors = extractor.transform(small.texts), extractor.unit_vectors
    means = [block @ unit_vectors for block in (features.text, features.lead)]
    return features, unit_vectors, compute_kernel(features, means, SMOOTHING)


def test_scores_are_those_of_kernel_ridge_regression(indicator, problem):
    features, unit_vectors, kernel = problem
    y_true = indicator.to_numpy()
    stock = KernelRidge(alpha=ALPHA, kernel="precomputed").fit(kernel, 2.0 * y_true - 1).predict(kernel)
    weights, _ = fit_ridge(features, unit_vectors, y_true, ALPHA, SMOOTHING)
    linear = features.text @ weights.coef[0] + features.lead @ weights.coef[1]
    quadratic = np.einsum("nd,tde,ne->nt", features.vectors, weights.quadratic, features.vectors)
    np.testing.assert_allclose(linear + quadratic + weights.intercept, stock, atol=1e-5)


def test_leave_one_out_scores_are_those_of_models_fitted_without_the_text(indicator, problem):
    features, unit_vectors, kernel = problem
    y_true = indicator.to_numpy()
    _, loo_scores = fit_ridge(features, unit_vectors, y_true, ALPHA, SMOOTHING)
    for row in (0, 17):
        rest = np.delete(np.arange(len(kernel)), row)
        stock = KernelRidge(alpha=ALPHA, kernel="precomputed").fit(kernel[np.ix_(rest, rest)], 2.0 * y_true[rest] - 1)
        np.testing.assert_allclose(stock.predict(kernel[[row]][:, rest])[0], loo_scores[row], atol=1e-5)


def test_weights_can_be_averaged():
    one, other = (Weights(*(np.full(2, value) for _ in range(3))) for value in (1.0, 3.0))
    assert all((array == 2).all() for array in one.scaled(0.5).plus(other.scaled(0.5)))
