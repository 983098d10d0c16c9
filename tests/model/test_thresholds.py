import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import UsageError
from classifier.model.thresholds import apply_thresholds, choose_threshold, mode_thresholds, rank_topics

Y_TRUE = np.array([1, 1, 0, 1, 0, 0], np.int8)
PROBABILITIES = np.array([0.9, 0.8, 0.6, 0.5, 0.2, 0.1])


def test_the_threshold_is_half_of_the_best_f1():
    # The four most probable texts include all three positives: F1 = 2 * 3 / (4 + 3). No other threshold is better.
    assert choose_threshold(Y_TRUE, PROBABILITIES) == 2 * 3 / (4 + 3) / 2


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_gives_more_topics(one, other):
    low, high = (apply_thresholds(PROBABILITIES, np.array(threshold)).sum() for threshold in sorted([one, other]))
    assert high <= low


def test_a_topic_is_given_if_its_probability_reaches_the_threshold():
    assert apply_thresholds(np.array([[0.5, 0.49]]), np.array([0.5, 0.5])).tolist() == [[1, 0]]


def test_topics_are_ranked_by_probability():
    probabilities = np.array([[0.5, 0.1, 0.9], [0.0, 0.0, 0.0]])
    assert rank_topics(probabilities, apply_thresholds(probabilities, np.full(3, 0.3))) == [[2, 0], []]


def test_a_mode_shifts_the_log_odds_of_all_thresholds():
    thresholds = np.array([0.2, 0.5])
    assert mode_thresholds(thresholds, "balanced").tolist() == [0.2, 0.5]
    for mode, factor in (("sure", np.e), ("complete", 1 / np.e)):
        shifted = mode_thresholds(thresholds, mode)
        np.testing.assert_allclose(shifted / (1 - shifted), factor * thresholds / (1 - thresholds))


def test_a_number_is_the_threshold_of_all_topics():
    for number in (0.9, np.float32(0.9), 1):
        assert mode_thresholds(np.array([0.2, 0.5]), number).tolist() == pytest.approx([number, number])


@pytest.mark.parametrize("mode", ["certain", "0.9", ["sure"], None, True, 0, 1.1, float("nan")])
def test_an_unknown_mode_is_refused(mode):
    with pytest.raises(UsageError, match="there is no mode .*: take balanced, sure, complete, or a least probability"):
        mode_thresholds(np.array([0.2]), mode)
