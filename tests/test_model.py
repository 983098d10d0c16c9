import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.svm import LinearSVC

from classifier.model import TopicClassifier

WEATHER = "Синоптики обещают дождь\nЗавтра пройдёт дождь, температура около пяти градусов."
NONSENSE = ["", "   ", "xyzzy qwrt", "12345 2017", "и в на же", "🔥🔥", "ққққ"]


@pytest.fixture(scope="module")
def wanted(small):
    return small.indicator(sorted({topic for row in small.topics for topic in row}))


def test_topics_are_lists_of_ids(small_model):
    assert small_model.topics([WEATHER, "Суд вынес приговор, осуждённый проведёт год в колонии."]) == [
        ["погода"],
        ["суд"],
    ]


def test_topics_are_ordered_by_probability_and_agree_with_predict(shipped, small):
    probabilities, given = shipped.predict_proba(small.texts), shipped.predict(small.texts)
    for topics, row, marks in zip(shipped.topics(small.texts), probabilities, given, strict=True):
        scores = dict(zip(shipped.classes, row, strict=True))
        assert [scores[topic] for topic in topics] == sorted((scores[topic] for topic in topics), reverse=True)
        assert set(topics) == {topic for topic, mark in zip(shipped.classes, marks, strict=True) if mark}


@pytest.mark.parametrize("text", NONSENSE)
def test_without_a_known_word_there_is_no_topic(small_model, shipped, text):
    for model in (small_model, shipped):
        assert model.topics([text]) == [[]]
        assert not model.predict_proba([text]).any()


def test_no_texts_give_no_rows(small_model):
    assert small_model.topics([]) == []
    assert small_model.predict_proba([]).shape == (0, 4)


@pytest.mark.parametrize(
    "container", [list, tuple, pd.Series, np.array, iter, lambda texts: (text for text in texts)], ids=str
)
def test_any_iterable_of_strings_goes_in(small_model, small, container):
    np.testing.assert_array_equal(
        small_model.predict_proba(container(small.texts)), small_model.predict_proba(small.texts)
    )


@pytest.mark.parametrize("texts", ["одна строка", [None], ["текст", float("nan")], [b"bytes"]])
def test_anything_else_is_refused(small_model, texts):
    with pytest.raises(ValueError, match="string"):
        small_model.predict(texts)


def test_a_text_alone_gets_what_it_gets_in_a_batch_of_any_order(shipped, small):
    together = shipped.predict_proba(small.texts)
    np.testing.assert_array_equal(shipped.predict_proba(small.texts[::-1]), together[::-1])
    np.testing.assert_array_equal(shipped.predict_proba(small.texts[7:8]), together[7:8])


def test_the_size_of_batches_changes_nothing(shipped, small, monkeypatch):
    together = shipped.predict_proba(small.texts)
    monkeypatch.setattr("classifier.tagger.BATCH", 7)
    np.testing.assert_array_equal(shipped.predict_proba(small.texts), together)


def test_input_is_left_alone(small):
    texts, y = list(small.texts), small.indicator(["погода", "спорт", "суд"])
    before = y.copy()
    TopicClassifier().fit(texts, y).predict(texts)
    assert texts == small.texts and y.equals(before)


@pytest.mark.parametrize(
    "shape", [lambda y: y, lambda y: y.to_numpy(), lambda y: csr_array(y.to_numpy())], ids=["frame", "array", "sparse"]
)
def test_labels_come_as_lists_or_as_an_indicator(small, wanted, small_model, shape):
    model = TopicClassifier(min_df=1).fit(small.texts, shape(wanted))
    np.testing.assert_array_equal(model.predict_proba(small.texts), small_model.predict_proba(small.texts))


def test_columns_of_a_frame_name_the_topics(small, wanted):
    assert TopicClassifier().fit(small.texts, wanted).classes_.tolist() == list(wanted.columns)


@pytest.mark.parametrize("y", [[0, 1] * 23, np.full((46, 2), 2), np.zeros(46)], ids=["flat", "not 0 and 1", "vector"])
def test_other_labels_are_refused(small, y):
    with pytest.raises(ValueError, match="indicator"):
        TopicClassifier().fit(small.texts, y)


def test_a_rare_topic_is_refused_by_name(small):
    topics = [[*row, "редкое"] if number < 4 else row for number, row in enumerate(small.topics)]
    with pytest.raises(ValueError, match="'редкое' is on 4 of 46 texts; it takes 5"):
        TopicClassifier().fit(small.texts, topics)


def test_texts_and_labels_of_different_length_are_refused(small):
    with pytest.raises(ValueError, match="45 texts but 46 rows"):
        TopicClassifier().fit(small.texts[1:], small.topics)


def test_parameters_round_trip_through_clone():
    model = TopicClassifier(C=0.3, min_df=2, opening=50, headline=9, folds=4, n_jobs=2)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(C=2.0).C == 2.0


def test_fit_returns_itself_and_forgets_the_past(small, wanted):
    model = TopicClassifier(min_df=1).fit(small.texts[:40], small.topics[:40])
    assert model.fit(small.texts, small.topics) is model
    fresh = TopicClassifier(min_df=1).fit(small.texts, small.topics)
    np.testing.assert_array_equal(model.tagger_.coef, fresh.tagger_.coef)


def test_the_number_of_processes_changes_nothing(small, small_model):
    model = TopicClassifier(min_df=1, n_jobs=2).fit(small.texts, small.topics)
    assert pickle.dumps(model.tagger_) == pickle.dumps(small_model.tagger_)


def test_cross_validation_and_grid_search_work(small, wanted):
    assert cross_val_score(TopicClassifier(folds=3), small.texts, wanted, cv=2).shape == (2,)
    search = GridSearchCV(TopicClassifier(folds=3), {"C": [0.1, 1.0]}, cv=2).fit(small.texts, wanted)
    assert search.best_estimator_.predict(small.texts).shape == wanted.shape


def test_score_is_micro_f1(small, wanted, small_model):
    given = small_model.predict(small.texts)
    truth = wanted.to_numpy()
    assert small_model.score(small.texts, wanted) == pytest.approx(
        2 * (given & truth).sum() / (given.sum() + truth.sum())
    )


def test_scores_are_calibrated_as_scikit_learn_calibrates(small, wanted, small_model):
    features, column = small_model.tagger_.features.transform(small.texts), wanted["суд"].to_numpy()
    cv = StratifiedKFold(5, shuffle=True, random_state=0)
    stock = CalibratedClassifierCV(LinearSVC(random_state=0), cv=cv, ensemble=False).fit(features, column)
    ours = small_model.predict_proba(small.texts)[:, list(wanted).index("суд")]
    # Platt's softened targets and our regularized sigmoid differ in steepness on 46 texts; the order must not.
    assert np.argsort(ours).tolist() == np.argsort(stock.predict_proba(features)[:, 1]).tolist()
