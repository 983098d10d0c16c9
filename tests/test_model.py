from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

from classifier.features import ArticleFeatures
from classifier.lexicon import Lexicon
from classifier.model import TopicClassifier, _calibrate, _kernel, ridge

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


def test_left_out_probabilities_find_a_label_that_is_missing(small, wanted):
    spoilt = wanted.copy()
    match = next(place for place, text in enumerate(small.texts) if "забил три гола" in text)
    spoilt.loc[match, "спорт"] = 0
    model = TopicClassifier().fit(small.texts, spoilt)
    said = model.left_out_proba_[:, list(model.classes_).index("спорт")]
    assert model.left_out_proba_.shape == spoilt.shape
    assert np.argmax(np.where(spoilt["спорт"], 0, said)) == match
    assert said[match] > model.tagger_.thresholds[list(model.classes_).index("спорт")]


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


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text() | st.text(alphabet="матч суд посол\n\0\u0301ё🔥-А1<>", max_size=60), max_size=6),
    data=st.data(),
)
def test_so_do_any_texts_in_any_order(shipped, texts, data):
    order = data.draw(st.permutations(range(len(texts))))
    together = shipped.predict_proba(texts)
    np.testing.assert_array_equal(shipped.predict_proba([texts[place] for place in order]), together[list(order)])
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(shipped.predict_proba([text])[0], row)


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
    model = TopicClassifier().fit(small.texts, shape(wanted))
    np.testing.assert_array_equal(model.predict_proba(small.texts), small_model.predict_proba(small.texts))


def test_columns_of_a_frame_name_the_topics(small, wanted):
    assert TopicClassifier().fit(small.texts, wanted).classes_.tolist() == list(wanted.columns)


@pytest.mark.parametrize("y", [[0, 1] * 23, np.full((46, 2), 2), np.zeros(46)], ids=["flat", "not 0 and 1", "vector"])
def test_other_labels_are_refused(small, y):
    with pytest.raises(ValueError, match="indicator"):
        TopicClassifier().fit(small.texts, y)


def test_a_rare_topic_is_refused_by_name(small):
    topics = [[*row, "редкое"] if number < 2 else row for number, row in enumerate(small.topics)]
    with pytest.raises(ValueError, match="'редкое' is on 2 of 46 texts; it takes 3"):
        TopicClassifier().fit(small.texts, topics)


def test_texts_and_labels_of_different_length_are_refused(small):
    with pytest.raises(ValueError, match="45 texts but 46 rows"):
        TopicClassifier().fit(small.texts[1:], small.topics)


def test_parameters_round_trip_through_clone():
    lexicon = Lexicon.learn(["Матч"], min_df=1)
    settings = {"alpha": 3.0, "kinship": 0.1, "dimensions": 9, "opening": 50, "headline": 9, "min_df": 2}
    model = TopicClassifier(**settings, lexicon=lexicon)
    assert clone(model).get_params() == model.get_params() == {**settings, "lexicon": lexicon}
    assert model.set_params(alpha=2.0).alpha == 2.0


def test_fit_returns_itself_and_forgets_the_past(small, wanted):
    model = TopicClassifier().fit(small.texts[:40], small.topics[:40])
    assert model.fit(small.texts, small.topics) is model
    fresh = TopicClassifier().fit(small.texts, small.topics)
    np.testing.assert_array_equal(model.tagger_.coef, fresh.tagger_.coef)


def test_cross_validation_and_grid_search_work(small, wanted):
    assert cross_val_score(TopicClassifier(), small.texts, wanted, cv=2).shape == (2,)
    search = GridSearchCV(TopicClassifier(), {"alpha": [0.5, 2.0]}, cv=2).fit(small.texts, wanted)
    assert search.best_estimator_.predict(small.texts).shape == wanted.shape


def test_score_is_micro_f1(small, wanted, small_model):
    given = small_model.predict(small.texts)
    truth = wanted.to_numpy()
    assert small_model.score(small.texts, wanted) == pytest.approx(
        2 * (given & truth).sum() / (given.sum() + truth.sum())
    )


@pytest.fixture(scope="module")
def part(small, small_model):
    """Features, word vectors and kernel of the small table; so few dimensions that all axes are kept."""
    features = ArticleFeatures(small_model.tagger_.features.lexicon.first(4), 60, 12)
    found, directions = features.transform(small.texts), features.lexicon.directions()
    return found, directions, _kernel(found, [block @ directions for block in found[:2]], 0.3)


def test_scores_are_those_of_kernel_ridge_regression(small, wanted, part):
    found, directions, kernel = part
    stock = KernelRidge(alpha=2.0, kernel="precomputed").fit(kernel, 2 * wanted.to_numpy() - 1.0).predict(kernel)
    (coef, forms, intercept), _ = ridge(found, directions, wanted.to_numpy(), 2.0, 0.3)
    lemmas = sum(block @ weights for block, weights in zip(found[:2], coef, strict=True))
    bent = np.einsum("nd,tde,ne->nt", found.vectors, forms, found.vectors)
    np.testing.assert_allclose(lemmas + bent + intercept, stock, atol=1e-5)


def test_unseen_scores_are_those_of_models_fitted_without_the_text(small, wanted, part):
    found, directions, kernel = part
    _, unseen = ridge(found, directions, wanted.to_numpy(), 2.0, 0.3)
    for row in (0, 17):
        rest = np.delete(np.arange(len(kernel)), row)
        stock = KernelRidge(alpha=2.0, kernel="precomputed").fit(
            kernel[np.ix_(rest, rest)], 2.0 * wanted.iloc[rest] - 1
        )
        np.testing.assert_allclose(stock.predict(kernel[[row]][:, rest])[0], unseen[row], atol=1e-5)


def test_lemmas_with_like_vectors_share_their_weights(small, wanted, small_model):
    """«Метеоролог» stands in no labelled text; kinship tells that it is of the weather."""
    text = ["Метеоролог"]
    kin = small_model.predict_proba(text)[0]
    assert small_model.classes_[kin.argmax()] == "погода"
    strangers = TopicClassifier(kinship=0, lexicon=blind(small_model)).fit(small.texts, wanted).predict_proba(text)[0]
    assert np.ptp(strangers) < np.ptp(kin)


def blind(model):
    """The model's lexicon without what it knows of words' likeness."""
    lexicon = model.tagger_.features.lexicon
    return replace(lexicon, vectors=np.zeros_like(lexicon.vectors))


def test_many_texts_are_fitted_in_parts(small, wanted, small_model, monkeypatch):
    monkeypatch.setattr("classifier.model.PART", 23)
    model = TopicClassifier().fit(small.texts, wanted)
    assert (model.tagger_.coef != small_model.tagger_.coef).any()
    assert model.score(small.texts, wanted) > 0.9


def test_a_score_is_calibrated_by_platts_sigmoid_of_unseen_scores(wanted):
    random = np.random.RandomState(0)
    truth = random.randint(0, 2, (200, 1))
    scores = truth + random.normal(size=truth.shape)
    slope, shift, cut = _calibrate(scores, truth)
    stock = LogisticRegression().fit(scores, truth[:, 0])
    np.testing.assert_allclose([slope[0], shift[0]], [stock.coef_[0, 0], stock.intercept_[0]])
    assert 0 < cut[0] < 0.5
