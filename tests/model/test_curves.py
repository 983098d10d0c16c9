import numpy as np
import pytest

from classifier.model.curves import BEND, log_odds, sigmoid

PLAIN, BENT = [0.0, 1.0, 0.0], [0.5, 1.0, -0.5]


def odds(score, curve, words):
    return float(log_odds(np.array([[score]]), np.array([curve]), np.array([words], np.float32))[0, 0])


@pytest.mark.parametrize("score", [-5.0, BEND, 0.0, 3.0])
def test_in_a_long_text_a_plain_curve_changes_nothing(score):
    assert odds(score, PLAIN, 300) == pytest.approx(score)


def test_a_curve_has_another_slope_above_the_bend():
    assert odds(BEND - 1, BENT, 300) == pytest.approx(0.5 + BEND - 1)
    assert odds(BEND + 2, BENT, 300) == pytest.approx(0.5 + BEND + 2 - 0.5 * 2)


def test_a_short_text_says_less_than_its_words_promise():
    for low, high in ((-4.0, -3.0), (3.0, 4.0)):
        gains = [odds(high, PLAIN, words) - odds(low, PLAIN, words) for words in (1, 8, 20, 50, 100, 1000)]
        assert gains == sorted(gains) and gains[0] == gains[1] < gains[3] < gains[-1] == pytest.approx(1)
    assert odds(0.0, PLAIN, 8) > odds(0.0, PLAIN, 50) > odds(0.0, PLAIN, 100) == 0


def test_a_text_without_words_has_the_odds_of_the_shortest():
    assert odds(-1.0, PLAIN, 0) == odds(-1.0, PLAIN, 1)


def test_probabilities_of_extreme_odds_are_0_and_1():
    assert sigmoid(np.array([-np.inf, -1e5, 0, 1e5])).tolist() == [0, 0, 0.5, 1]
