import numpy as np
import pytest

from classifier.evaluate import by_topic

WANTED = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]])
GIVEN = np.array([[1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 0]])
PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.6], [0.3, 0.7, 0.1], [0.1, 0.1, 0.1]])


@pytest.fixture
def report():
    return by_topic(WANTED, GIVEN, PROBABILITIES, ["a", "b", "c"])


def test_a_topic(report):
    assert report.loc["a", ["precision", "recall", "f1", "support"]].tolist() == [1, 0.5, pytest.approx(2 / 3), 2]
    assert report.loc["b", ["precision", "recall", "f1", "support", "average_precision"]].tolist() == [1, 1, 1, 2, 1]
    assert report.loc["a", "average_precision"] == pytest.approx((1 + 2 / 3) / 2)  # found first and third


def test_a_topic_that_no_text_has_counts_as_wrong_but_not_in_macro(report):
    assert report.loc["c", ["precision", "recall", "f1", "support"]].tolist() == [0, 0, 0, 0]
    assert np.isnan(report.loc["c", "average_precision"])
    assert report.loc["macro", "f1"] == pytest.approx((2 / 3 + 1) / 2)


def test_micro_counts_every_tag_alike(report):
    assert report.loc["micro", ["precision", "recall", "support"]].tolist() == [0.75, 0.75, 4]


def test_samples_is_the_mean_over_texts_and_a_rightly_empty_text_is_right(report):
    assert report.loc["samples", "f1"] == pytest.approx((1 + 0.5 + 1 + 1) / 4)
