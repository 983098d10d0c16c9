import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from classifier.errors import Error
from classifier.model.features import FeatureExtractor
from classifier.model.ridge import LINEAR, QUADRATIC, RidgeFit, Weights, compute_kernel, fit_ridge

ALPHA, SMOOTHING = 2.0, 0.3


@pytest.fixture(scope="module")
def problem(small, small_model):
    """Features, word vectors and kernel of the small table."""
    lexicon = small_model.predictor_.lexicon.truncate(4)
    features, unit_vectors = FeatureExtractor(lexicon, 60, 12).transform(small.texts), lexicon.unit_vectors()
    sums = [block @ unit_vectors for block in (features.text, features.lead)]
    return features, unit_vectors, compute_kernel(features, sums, SMOOTHING)


def stock_scores(kernel, y_true, seen, scored):
    """Scores of some rows by scikit-learn's ridge regression fitted on others."""
    stock = KernelRidge(alpha=ALPHA, kernel="precomputed").fit(kernel[np.ix_(seen, seen)], 2.0 * y_true[seen] - 1)
    return stock.predict(kernel[np.ix_(scored, seen)])


def test_scores_are_those_of_kernel_ridge_regression(indicator, problem):
    features, unit_vectors, kernel = problem
    y_true, rows = indicator.to_numpy(), np.arange(len(kernel))
    weights = fit_ridge(features, unit_vectors, 2 * y_true.astype(np.float32) - 1, ALPHA, SMOOTHING).weights
    linear = features.text @ weights.coef[0] + features.lead @ weights.coef[1] + features.vectors @ weights.linear
    quadratic = np.einsum("nd,tde,ne->nt", features.vectors, weights.quadratic, features.vectors)
    expected = stock_scores(kernel, y_true, rows, rows)
    np.testing.assert_allclose(linear + quadratic + weights.intercept, expected, atol=1e-4)


def test_the_kernel_adds_up_the_products_of_all_parts(problem):
    features, unit_vectors, kernel = problem
    alike = features.vectors @ features.vectors.T
    expected = LINEAR * alike + QUADRATIC * alike**2 + 0.1
    for block in (features.text, features.lead):
        dense, sums = block.toarray(), block @ unit_vectors
        expected = expected + dense @ dense.T + SMOOTHING * sums @ sums.T
    np.testing.assert_allclose(kernel, expected, atol=1e-5)


def test_leave_one_out_scores_are_those_of_models_fitted_without_the_text(indicator, problem):
    features, unit_vectors, kernel = problem
    y_true, rows = indicator.to_numpy(), np.arange(len(kernel))
    loo_scores = fit_ridge(features, unit_vectors, 2 * y_true.astype(np.float32) - 1, ALPHA, SMOOTHING).loo_scores
    for row in (0, 17):
        expected = stock_scores(kernel, y_true, np.delete(rows, row), [row])[0]
        np.testing.assert_allclose(loo_scores[row], expected, atol=1e-4)


def test_group_scores_are_those_of_models_fitted_without_the_group(indicator, problem):
    features, unit_vectors, kernel = problem
    y_true, rows = indicator.to_numpy(), np.arange(len(kernel))
    groups = [rows[::3], rows[1:20:3][::-1]]  # the others are in no group
    fitted = fit_ridge(features, unit_vectors, 2 * y_true.astype(np.float32) - 1, ALPHA, SMOOTHING, groups)
    for group in groups:
        expected = stock_scores(kernel, y_true, np.setdiff1d(rows, group), group)
        np.testing.assert_allclose(fitted.group_scores[group], expected, atol=1e-4)
    alone = np.setdiff1d(rows, np.concatenate(groups))
    np.testing.assert_array_equal(fitted.group_scores[alone], fitted.loo_scores[alone])


def test_a_regression_without_a_solution_says_what_to_change(indicator, problem):
    features, unit_vectors, _ = problem
    twice = features.rows(np.r_[0:46, 0:46])
    with pytest.raises(Error, match="no solution with alpha 1e-12 and .* take numbers nearer to the defaults"):
        fit_ridge(twice, unit_vectors, np.tile(indicator.to_numpy(np.float32), (2, 1)), 1e-12, SMOOTHING)


def test_weights_can_be_averaged():
    one, other = (Weights(*(np.full(2, value) for _ in Weights._fields)) for value in (1.0, 3.0))
    assert all((array == 2).all() for array in one.scaled(0.5).plus(other.scaled(0.5)))
    assert RidgeFit._fields == ("weights", "loo_scores", "group_scores")
