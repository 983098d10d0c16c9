import numpy as np
import pytest

from classifier.evaluation.metrics import (
    by_group,
    by_topic,
    calibration_error,
    confusions,
    cooccurrence,
    mistakes,
    pairs,
    reliability,
)

TOPICS = ["a", "b", "c"]
Y_TRUE = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]])
Y_PRED = np.array([[1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 0]])
PROBABILITIES = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.6], [0.3, 0.7, 0.1], [0.1, 0.1, 0.1]])


@pytest.fixture
def scores():
    return by_topic(Y_TRUE, Y_PRED, PROBABILITIES, TOPICS)


def test_the_scores_of_a_topic(scores):
    assert scores.loc["a", ["precision", "recall", "f1", "support"]].tolist() == [1, 0.5, pytest.approx(2 / 3), 2]
    assert scores.loc["b", ["precision", "recall", "f1", "support", "average_precision"]].tolist() == [1, 1, 1, 2, 1]
    assert scores.loc["a", "average_precision"] == pytest.approx((1 + 2 / 3) / 2)  # found first and third


def test_a_topic_that_no_text_has_is_scored_zero_and_left_out_of_macro(scores):
    assert scores.loc["c", ["precision", "recall", "f1", "support"]].tolist() == [0, 0, 0, 0]
    assert np.isnan(scores.loc["c", "average_precision"])
    assert scores.loc["macro", "f1"] == pytest.approx((2 / 3 + 1) / 2)


def test_micro_counts_every_tag_alike(scores):
    assert scores.loc["micro", ["precision", "recall", "support"]].tolist() == [0.75, 0.75, 4]


def test_samples_is_the_mean_over_texts_and_a_rightly_empty_text_counts_as_1(scores):
    assert scores.loc["samples", "f1"] == pytest.approx((1 + 0.5 + 1 + 1) / 4)


def test_a_single_topic_is_scored_like_one_of_several(scores):
    single = by_topic(Y_TRUE[:, :1], Y_PRED[:, :1], PROBABILITIES[:, :1], ["a"])
    assert list(single.index) == ["a", "micro", "macro", "samples"]
    assert single.loc["a"].equals(scores.loc["a"])
    assert single.loc["micro"].equals(single.loc["a"]) and single.loc["macro"].equals(single.loc["a"])
    assert single.loc["samples", "f1"] == 0.75
    assert by_group(Y_TRUE[:, :1], Y_PRED[:, :1], list("xxyy")).f1["x"] == pytest.approx(2 / 3)


def test_groups_are_scored_separately():
    table = by_group(Y_TRUE, Y_PRED, ["x", "y", "x", ""])
    assert table.loc["x"].tolist() == [2, 2, 1, 1, 1]
    assert table.loc["y"].tolist() == [1, 2, 0.5, 0.5, 0.5]
    assert table.loc[""].tolist() == pytest.approx([1, 0, np.nan, np.nan, np.nan], nan_ok=True)


def test_reliability_compares_probabilities_with_the_share_that_is_right():
    table = reliability(np.array([[1, 0], [0, 1]]), np.array([[0.92, 0.04], [0.98, 1.0]]))
    assert table.index.tolist() == [0, 0.9] and table.tags.tolist() == [1, 3]
    assert table.probability.tolist() == pytest.approx([0.04, (0.92 + 0.98 + 1) / 3])
    assert table.right.tolist() == pytest.approx([0, 2 / 3])


def test_the_calibration_error_is_the_mean_distance_from_the_truth_over_bins():
    errors = calibration_error(np.array([[1, 0], [0, 0]]), np.array([[0.52, 0.1], [0.58, 0.3]]))
    assert errors == pytest.approx([abs(1 - 0.52 - 0.58) / 2, (0.1 + 0.3) / 2])


def test_a_confusion_is_a_topic_missed_where_another_was_given():
    table = confusions(Y_TRUE, Y_PRED, TOPICS)
    assert table.loc["a", "c"] == 1 and table.to_numpy().sum() == 1


def test_topics_that_occur_together_are_counted():
    table = cooccurrence(Y_TRUE, TOPICS)
    assert (table.loc["a", "a"], table.loc["a", "b"], table.loc["b", "a"], table.loc["c", "c"]) == (2, 1, 1, 0)
    assert pairs(table).to_numpy().tolist() == [["a", "b", 1], ["b", "a", 1]]


def test_the_most_confident_mistakes_come_first():
    table = mistakes(Y_TRUE, Y_PRED, PROBABILITIES, TOPICS)
    assert list(table) == ["text", "topic", "y_true", "probability"]
    assert table.to_numpy().tolist() == [[1, "a", 1, 0.2], [1, "c", 0, 0.6]]
