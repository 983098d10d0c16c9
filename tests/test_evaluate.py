import numpy as np
import pytest

from classifier.evaluate import (
    Results,
    by_group,
    by_topic,
    calibration_error,
    confusions,
    cooccurrence,
    mistakes,
    pairs,
    reliability,
)

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


TOPICS = ["a", "b", "c"]


def test_groups_are_scored_apart():
    table = by_group(WANTED, GIVEN, ["x", "y", "x", ""])
    assert table.loc["x"].tolist() == [2, 2, 1, 1, 1]
    assert table.loc["y"].tolist() == [1, 2, 0.5, 0.5, 0.5]
    assert table.loc[""].tolist() == pytest.approx([1, 0, np.nan, np.nan, np.nan], nan_ok=True)


def test_reliability_sets_what_was_said_beside_what_was_right():
    wanted, said = np.array([[1, 0], [0, 1]]), np.array([[0.92, 0.04], [0.98, 1.0]])
    table = reliability(wanted, said)
    assert table.index.tolist() == [0, 0.9] and table.tags.tolist() == [1, 3]
    assert table.probability.tolist() == pytest.approx([0.04, (0.92 + 0.98 + 1) / 3])
    assert table.right.tolist() == pytest.approx([0, 2 / 3])


def test_the_calibration_error_is_the_mean_distance_from_the_truth_in_bins():
    wanted, said = np.array([[1, 0], [0, 0]]), np.array([[0.52, 0.1], [0.58, 0.3]])
    assert calibration_error(wanted, said) == pytest.approx([abs(1 - 0.52 - 0.58) / 2, (0.1 + 0.3) / 2])


def test_a_confusion_is_a_topic_missed_where_another_was_given():
    table = confusions(WANTED, GIVEN, TOPICS)
    assert table.loc["a", "c"] == 1 and table.to_numpy().sum() == 1


def test_topics_that_stand_together_are_counted():
    table = cooccurrence(WANTED, TOPICS)
    assert (table.loc["a", "a"], table.loc["a", "b"], table.loc["b", "a"], table.loc["c", "c"]) == (2, 1, 1, 0)
    assert pairs(table).to_numpy().tolist() == [["a", "b", 1], ["b", "a", 1]]


def test_the_most_confident_mistakes_come_first():
    results = Results(TOPICS, WANTED, PROBABILITIES, np.array([0.5, 0.5, 0.5]))
    assert (results.given == GIVEN).all()
    assert mistakes(results).to_numpy().tolist() == [[1, "a", 1, 0.2], [1, "c", 0, 0.6]]
