import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifier.thresholds import apply, choose, ranked

WANTED = np.array([1, 1, 0, 1, 0, 0], np.int8)
PROBABILITIES = np.array([0.9, 0.8, 0.6, 0.5, 0.2, 0.1])


def test_the_threshold_is_half_of_the_best_f1():
    # The four most probable hold all three wanted: F1 = 2 * 3 / (4 + 3), no other cut is better.
    assert choose(WANTED, PROBABILITIES) == 2 * 3 / (4 + 3) / 2


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_gives_more_topics(one, other):
    low, high = sorted([one, other])
    assert apply(PROBABILITIES, np.array(high)).sum() <= apply(PROBABILITIES, np.array(low)).sum()


def test_a_topic_is_given_from_its_threshold_on():
    assert apply(np.array([[0.5, 0.49]]), np.array([0.5, 0.5])).tolist() == [[1, 0]]


def test_topics_are_ranked_by_probability():
    assert ranked(np.array([[0.5, 0.1, 0.9], [0.0, 0.0, 0.0]]), np.array([0.3, 0.3, 0.3])) == [[2, 0], []]
