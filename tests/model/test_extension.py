import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

from classifier.model.axes import to_axes, to_forms
from classifier.model.curves import sigmoid
from classifier.model.extension import Settings, _positive_shares, add_topics, correct_topics
from classifier.model.predictor import TopicPredictor
from classifier.model.ridge import compute_kernel

SETTINGS = Settings(4.0, 0.3)
ARCTIC = [
    f"{ship} ведёт караван через {sea}\nСуда идут Северным морским путём, лёд достигает двух метров."
    for ship in ("Ледокол «Ямал»", "Атомоход", "Корабль", "Буксир")
    for sea in ("Карское море", "море Лаптевых", "пролив Вилькицкого")
]


@pytest.fixture(scope="module")
def news(small):
    """Texts of the small table without a word of the Arctic, and some with it."""
    return [*small.texts, *ARCTIC]


@pytest.fixture(scope="module")
def features(shipped, news):
    return shipped.extractor.transform(news)


@pytest.fixture(scope="module")
def wrong(shipped, news):
    """What people say, who call everything that the model calls sport culture."""
    y_true = shipped.predict(news)[:, [shipped.classes.index(topic) for topic in ("sport", "culture")]]
    assert y_true[:, 0].sum() >= 5
    return np.stack([np.zeros(len(news), np.int8), y_true.max(axis=1)], axis=1)


def test_untouched_topics_keep_their_answers_to_the_last_bit(shipped, news, features, wrong):
    corrected = correct_topics(shipped, ["sport", "culture"], features, wrong, SETTINGS).predictor
    added = add_topics(shipped, ["арктика"], features, arctic(news), features.rows(slice(0)), 0, SETTINGS).predictor
    extended = shipped.join(corrected).join(added)
    assert extended.classes == [*shipped.classes, "арктика"]
    same = [column for column, topic in enumerate(shipped.classes) if topic not in ("sport", "culture")]
    before, after = shipped.decision_function(news), extended.decision_function(news)
    np.testing.assert_array_equal(before[:, same], after[:, same])
    again = TopicPredictor.from_bytes(extended.to_bytes())
    np.testing.assert_array_equal(again.decision_function(news), after)


def arctic(news):
    return np.array([[text in ARCTIC] for text in news], np.int8)


def test_a_correction_moves_scores_to_what_people_said(shipped, news, features, wrong):
    before = shipped.select(["sport", "culture"]).predict_proba(news)
    extension = correct_topics(shipped, ["sport", "culture"], features, wrong, SETTINGS)
    after = extension.predictor.predict_proba(news)
    is_sport = before[:, 0] > 0.5
    assert is_sport.sum() >= 5
    assert (after[is_sport, 0] < before[is_sport, 0] - 0.02).all()
    assert (after[is_sport, 1] > before[is_sport, 1] + 0.02).all()


def test_a_correction_is_ridge_regression_of_what_the_old_scores_leave_over(shipped, features, wrong):
    unit_vectors = shipped.lexicon.unit_vectors()
    sums = [block @ unit_vectors for block in (features.text, features.lead)]
    kernel = compute_kernel(features, sums, SETTINGS.semantic_smoothing)
    old = shipped.select(["sport", "culture"])
    residuals = 4 * (wrong - sigmoid(old.log_odds(features)))
    fitted = correct_topics(shipped, old.classes, features, wrong, SETTINGS)
    row = int(np.flatnonzero(wrong[:, 1])[0])
    others = np.delete(np.arange(len(wrong)), row)
    stock = KernelRidge(alpha=SETTINGS.alpha, kernel="precomputed").fit(
        kernel[np.ix_(others, others)], residuals[others]
    )
    expected = old.log_odds(features)[row] + stock.predict(kernel[[row]][:, others])[0]
    np.testing.assert_allclose(fitted.loo_proba[row], sigmoid(expected), atol=1e-3)


def test_labels_that_agree_change_little(shipped, features, news):
    topics = ["sport", "culture", "courts"]
    old = shipped.select(topics)
    agreed = old.predict(news)
    after = correct_topics(shipped, topics, features, agreed, SETTINGS).predictor.predict(news)
    np.testing.assert_array_equal(after, agreed)


def test_a_new_topic_is_learned_from_a_few_examples_and_what_nobody_has_read(shipped, news, features):
    read, unread = features.rows(np.arange(len(news) - 9, len(news))), features.rows(np.arange(len(news) - 12))
    added = add_topics(shipped, ["арктика"], read, np.ones((9, 1), np.int8), unread, len(news) - 12, SETTINGS)
    np.testing.assert_array_equal(added.predictor.predict(news), arctic(news))  # three examples were not seen
    assert added.loo_proba.shape == (9, 1) and added.loo_pred.all()


def test_unread_texts_count_partly_by_the_estimate_of_elkan_and_noto():
    random = np.random.RandomState(0)
    positive = random.rand(6000) < 0.3
    scores = np.where(positive, random.normal(1.5, 1, 6000), random.normal(-1.5, 1, 6000)).astype(np.float32)
    read = np.flatnonzero(positive)[:600]  # a third of those with the topic
    order = np.concatenate([read, np.setdiff1d(np.arange(6000), read)])
    shares = _positive_shares(scores[order], np.ones(600, np.int8), np.ones(6000))
    assert (shares[:600] == 1).all()
    assert shares[600:].sum() == pytest.approx(positive[order][600:].sum(), rel=0.1)


def test_a_sample_of_the_unread_stands_for_all(shipped, news, features):
    read, unread = features.rows(np.arange(len(news) - 9, len(news))), features.rows(np.arange(len(news) - 9))
    y_true = np.ones((9, 1), np.int8)
    small, large = (
        add_topics(shipped, ["арктика"], read, y_true, unread, number, SETTINGS).predictor.predict_proba(news)
        for number in (len(news) - 9, 20 * len(news))
    )
    assert small.mean() > large.mean()  # in a larger archive, the examples are rarer


def test_forms_and_axes_are_two_ways_to_write_the_same():
    random = np.random.RandomState(0)
    linear, quadratic = random.normal(size=(5, 2)), random.normal(size=(2, 5, 5))
    quadratic += quadratic.transpose(0, 2, 1)
    axes, weights, constants = to_axes(linear, quadratic, np.eye(5, dtype=np.float32))
    again = to_forms(axes, weights.astype(np.float32))
    np.testing.assert_allclose(again[0], linear, atol=0.02)
    np.testing.assert_allclose(again[1], quadratic, atol=0.02)
    np.testing.assert_allclose(constants, 0)


@pytest.mark.parametrize("topics", [["diplomacy"], ["sport", "diplomacy"]])
def test_selected_and_joined_topics_keep_their_scores_to_the_last_bit(shipped, news, topics):
    columns = [shipped.classes.index(topic) for topic in topics]
    expected = shipped.decision_function(news)[:, columns]
    some = shipped.select(topics)
    np.testing.assert_array_equal(some.decision_function(news), expected)
    both = some.join(shipped.select(["courts", "trade"]))
    np.testing.assert_array_equal(both.decision_function(news)[:, : len(topics)], expected)
