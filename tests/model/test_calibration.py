import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from classifier.model.calibration import calibrate
from classifier.model.curves import BEND, log_odds

MANY = np.full(4000, 100, np.float32)  # known words


@pytest.fixture
def random():
    return np.random.RandomState(0)


def drawn(random, probabilities):
    """Return labels that are right as often as the probabilities say."""
    return (random.rand(*probabilities.shape) < probabilities).astype(np.int8)


def probabilities_of(found, raw):
    return expit(log_odds(raw * found.slopes + found.shifts, found.curves, MANY))


def test_scores_become_log_odds_as_by_platts_sigmoid(random):
    y_true = random.randint(0, 2, (4000, 1)).astype(np.int8)
    raw = (y_true + random.normal(size=y_true.shape)).astype(np.float32)
    found = calibrate(raw, raw, y_true)
    stock = LogisticRegression().fit(raw, y_true[:, 0])
    np.testing.assert_allclose([found.slopes[0], found.shifts[0]], [stock.coef_[0, 0], stock.intercept_[0]], rtol=1e-5)
    np.testing.assert_allclose(probabilities_of(found, raw)[:, 0], stock.predict_proba(raw)[:, 1], atol=0.03)


def test_a_curve_bends_where_a_sigmoid_cannot(random):
    plain = random.normal(-3, 2, (4000, 1))
    truth = expit(np.where(plain < BEND, plain, BEND + 0.2 * (plain - BEND)))  # flat above the bend
    y_true = drawn(random, truth)
    found = calibrate(plain.astype(np.float32), plain.astype(np.float32), y_true)
    assert np.abs(probabilities_of(found, plain) - truth).mean() < 0.01
    stock = LogisticRegression().fit(plain, y_true[:, 0]).predict_proba(plain)[:, 1]
    assert np.abs(stock - truth[:, 0]).mean() > 0.015


def test_probabilities_are_those_of_texts_whose_outlet_was_left_out(random):
    truth = expit(random.normal(-1, 2, (4000, 1)))
    y_true = drawn(random, truth)
    apart = np.log(truth / (1 - truth)).astype(np.float32)
    groups = np.array_split(np.arange(4000), 4)
    found = calibrate(5 * apart, apart, y_true, groups)  # with only the text left out, scores are too good
    assert np.abs(probabilities_of(found, apart) - truth).mean() < 0.02


def test_a_topic_of_two_outlets_only_is_calibrated_on_single_texts(random):
    y_true = np.zeros((4000, 1), np.int8)
    y_true[:100] = y_true[1000:1100] = 1
    loo = (2 * y_true - 1 + random.normal(size=y_true.shape) / 3).astype(np.float32)
    groups = np.array_split(np.arange(4000), 4)
    found = calibrate(loo, -loo, y_true, groups)  # without its outlets, a model says the opposite
    assert probabilities_of(found, loo)[y_true == 1].mean() > 0.9


def test_the_threshold_lies_midway_between_those_of_both_kinds_of_scores(random):
    y_true = drawn(random, np.full((4000, 1), 0.2))
    apart = (y_true + 0.6 * random.normal(size=y_true.shape)).astype(np.float32)
    groups = np.array_split(np.arange(4000), 4)
    found = calibrate(apart, apart, y_true, groups)
    shifted = calibrate(apart + np.float32(0.4), apart, y_true, groups)
    grid = np.linspace(-1, 2, 4000)[:, None]
    cut = np.interp(found.thresholds[0], probabilities_of(found, grid)[:, 0], grid[:, 0])
    assert shifted.thresholds[0] == pytest.approx(
        np.interp(cut + 0.2, grid[:, 0], probabilities_of(found, grid)[:, 0]), abs=1e-3
    )


def test_a_curve_rises_even_where_scores_say_nothing(random):
    y_true = drawn(random, np.full((4000, 1), 0.3))
    raw = random.normal(size=y_true.shape).astype(np.float32)
    found = calibrate(raw, raw, y_true)
    assert (np.diff(probabilities_of(found, np.sort(raw, axis=0)), axis=0) > 0).all()
