import numpy as np
import pytest

from classifier.evaluation.intervals import group_limits, quantile, score_limits, wilson
from classifier.evaluation.metrics import by_group, by_topic

SCORES = ["precision", "recall", "f1"]
TOPICS = ["a", "b", "c", "нет"]


@pytest.fixture(scope="module")
def pair():
    """Labels of 300 texts, and tags that agree with most; nothing has the last topic."""
    random = np.random.RandomState(0)
    y_true = (random.rand(300, 4) < [0.5, 0.2, 0.02, 0]).astype(np.int8)
    y_pred = np.where(random.rand(300, 4) < 0.1, 1 - y_true, y_true).astype(np.int8)
    y_pred[:, 3] = 0
    return y_true, y_pred


def test_every_score_lies_within_its_interval(pair):
    scores = by_topic(*pair, np.random.RandomState(1).rand(300, 4), TOPICS)
    limits = score_limits(*pair, TOPICS)
    assert list(limits.index) == list(scores.index)
    for score in SCORES:
        known = limits.index != "нет"
        assert (limits[f"{score}_low"] < scores[score])[known].all()
        assert (limits[f"{score}_high"] > scores[score])[known].all()
    assert limits.loc["нет"].isna().all()


def test_precision_and_recall_are_shares_with_the_limits_of_wilson(pair):
    y_true, y_pred = pair
    low, high = wilson(np.array(y_true[y_pred[:, 0] == 1, 0].mean()), y_pred[:, 0].sum(), quantile())
    assert score_limits(*pair, TOPICS).loc["a", ["precision_low", "precision_high"]].tolist() == [low, high]


def test_a_topic_that_is_right_each_time_but_rare_is_not_called_certain():
    y_true = np.zeros((50, 1), np.int8)
    y_true[:3] = 1
    row = score_limits(y_true, y_true, ["a"]).loc["a"]
    assert (row.f1_high, row.precision_high) == (1, 1)
    assert row.precision_low == pytest.approx(0.4385, abs=1e-4)  # of 3 in 3
    assert row.f1_low == pytest.approx(2 * 0.4385 / 1.4385, abs=1e-4)


def test_more_articles_give_narrower_intervals(pair):
    once, thrice = (score_limits(*(np.tile(side, (times, 1)) for side in pair), TOPICS) for times in (1, 3))
    for score in SCORES:
        width = [(limits[f"{score}_high"] - limits[f"{score}_low"]).drop("нет") for limits in (once, thrice)]
        assert (width[1] < 0.75 * width[0]).all()


def test_groups_have_intervals_of_their_own(pair):
    groups = ["вся"] * 200 + ["малая"] * 100
    limits, scores = group_limits(*pair, groups), by_group(*pair, groups)
    assert list(limits.index) == list(scores.index)
    assert limits.loc["вся"].tolist() == score_limits(*(side[:200] for side in pair), TOPICS).loc["micro"].tolist()


def test_the_intervals_contain_the_truth_as_often_as_they_say():
    random, truth, topics = np.random.RandomState(3), 2 * 0.3 * 0.8 / (0.3 + 0.34), list(map(str, range(400)))
    y_true = (random.rand(150, 400) < 0.3).astype(np.int8)
    chance = np.where(y_true, 0.8, (0.34 - 0.24) / 0.7)
    y_pred = (random.rand(150, 400) < chance).astype(np.int8)
    limits = score_limits(y_true, y_pred, topics).loc[topics]
    assert 0.92 <= ((limits.f1_low <= truth) & (truth <= limits.f1_high)).mean() <= 0.98
