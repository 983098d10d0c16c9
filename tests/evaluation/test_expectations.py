import numpy as np
import pytest

from classifier.data.articles import Article
from classifier.evaluation.expectations import Evidence, expect, limits_of


@pytest.fixture(scope="session")
def sport(shipped):
    """A model of one topic, and an archive in which two of four articles get it."""
    texts = ["Хоккеисты выиграли матч", "Суд вынес приговор", "Команда забила гол", "В город придёт метель"]
    return shipped.select(["sport"]), [Article(str(row), text, {}, "") for row, text in enumerate(texts)]


def evidence(y_true, before, after, is_random=(1, 1, 1, 1)):
    columns = [np.array(values, np.int8)[:, None] for values in (y_true, before, after)]
    return Evidence(*columns, is_old=np.array([True]), is_random=np.array(is_random, bool))


def test_articles_that_get_a_topic_are_counted_in_the_whole_archive(sport):
    model, archive = sport
    found = expect(model, evidence([1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 1, 0]), archive)
    row = found.topics.loc["sport"]
    assert (found.articles, row.given, row.share, row.examples) == (4, 2, 50, 2)
    probabilities = model.predict_proba([archive[0].text, archive[2].text])
    assert row.expected_precision == pytest.approx(probabilities.mean())


def test_probabilities_are_not_asked_of_what_was_read(sport):
    model, archive = sport
    found = expect(model, evidence([1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 1, 0]), archive, read={"0"})
    assert found.topics.expected_precision["sport"] == pytest.approx(model.predict_proba([archive[2].text])[0, 0])
    assert found.topics.given["sport"] == 2


def test_precision_is_measured_on_what_was_read_at_random(sport):
    found = expect(*sport[:1], evidence([1, 0, 1, 0], [0, 1, 0, 0], [1, 1, 1, 0], is_random=[1, 1, 0, 1]), sport[1])
    row = found.topics.loc["sport"]
    assert (row.random_given, row.random_right, found.random, found.read) == (2, 1, 3, 4)
    assert (row.low, row.high) == limits_of(1, 2)


def test_a_correction_is_compared_with_the_old_model(sport):
    found = expect(*sport[:1], evidence([1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 1, 1]), sport[1])
    assert found.f1 == pytest.approx((2 / 3, 4 / 5))


def test_nothing_read_at_random_leaves_all_open(sport):
    found = expect(*sport[:1], evidence([1, 0, 1, 0], [1, 0, 0, 0], [1, 0, 1, 0], is_random=[0] * 4), sport[1])
    row = found.topics.loc["sport"]
    assert found.f1 is None and (row.low, row.high) == (0, 1)


@pytest.mark.parametrize(("right", "given", "low", "high"), [(9, 10, 0.5550, 0.9975), (0, 4, 0, 0.6024), (0, 0, 0, 1)])
def test_limits_are_those_of_clopper_and_pearson(right, given, low, high):
    assert limits_of(right, given) == pytest.approx((low, high), abs=1e-4)
