import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from classifier import TopicClassifier, load
from classifier.data.corpus import Corpus
from classifier.errors import UsageError
from classifier.model.predictor import TopicPredictor
from classifier.storage.model_folder import write_model
from classifier.text.lexicon import Lexicon
from classifier.train import train

WEATHER = "Синоптики обещают дождь\nЗавтра пройдёт дождь, температура около пяти градусов."
NOTHING_KNOWN = ["", "   ", "xyzzy qwrt", "12345 2017", "и в на же", "🔥🔥", "ққққ"]


def test_topics_are_lists_of_ids(small_model):
    texts = [WEATHER, "Суд вынес приговор, осуждённый проведёт год в колонии."]
    assert small_model.topics(texts) == [["погода"], ["суд"]]


def test_topics_are_ordered_by_probability_and_agree_with_predict(shipped, small):
    probabilities, y_pred = shipped.predict_proba(small.texts), shipped.predict(small.texts)
    for topics, row, given_row in zip(shipped.topics(small.texts), probabilities, y_pred, strict=True):
        probability = dict(zip(shipped.classes, row, strict=True))
        assert topics == sorted(topics, key=lambda topic: -probability[topic])
        assert set(topics) == {topic for topic, given in zip(shipped.classes, given_row, strict=True) if given}


def test_leave_one_out_probabilities_find_a_label_that_is_missing(small, indicator):
    y_true = indicator.copy()
    match = next(place for place, text in enumerate(small.texts) if "забил три гола" in text)
    y_true.loc[match, "спорт"] = 0
    model = TopicClassifier().fit(small.texts, y_true)
    column = model.classes_.tolist().index("спорт")
    probabilities = model.loo_proba_[:, column]
    assert model.loo_proba_.shape == y_true.shape
    assert np.argmax(np.where(y_true["спорт"], 0, probabilities)) == match
    assert probabilities[match] > model.predictor_.thresholds[column]


@pytest.mark.parametrize("text", NOTHING_KNOWN)
def test_a_text_without_a_known_word_gets_no_topic(small_model, shipped, text):
    for model in (small_model, shipped):
        assert model.topics([text]) == [[]]
        assert not model.predict_proba([text]).any()
        assert (model.decision_function([text]) == -np.inf).all()


def test_no_texts_give_no_rows(small_model):
    assert small_model.topics([]) == []
    assert small_model.predict_proba([]).shape == (0, 4)


@pytest.mark.parametrize(
    "container",
    [list, tuple, pd.Series, np.array, iter, lambda texts: (text for text in texts)],
    ids=["list", "tuple", "Series", "array", "iterator", "generator"],
)
def test_any_iterable_of_strings_is_taken(small_model, small, container):
    np.testing.assert_array_equal(
        small_model.predict_proba(container(small.texts)), small_model.predict_proba(small.texts)
    )


@pytest.mark.parametrize(
    "texts, problem",
    [
        ("одна строка", "not one string"),
        ([None], "text 0 is None, not a string"),
        (["текст", float("nan")], "text 1 is nan, not a string"),
        ([b"bytes"], "not a string"),
        (pd.DataFrame({"text": ["Матч"] * 46}), r"DataFrame .* choose its column, for instance frame\['text'\]"),
        ({"text": "Матч"}, "mapping"),
    ],
)
def test_anything_but_texts_is_refused(small_model, small, texts, problem):
    methods = [small_model.predict, small_model.predict_proba, small_model.topics, small_model.predictor_.predict]
    for method in (*methods, lambda texts: TopicClassifier().fit(texts, small.topics)):
        with pytest.raises(ValueError, match=problem):
            method(texts)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "topics", "explain"])
def test_a_classifier_must_be_fitted_first(method):
    with pytest.raises(NotFittedError):
        getattr(TopicClassifier(), method)(["Матч"])


def test_a_text_alone_gets_the_same_as_in_a_batch_of_any_order(shipped, small):
    together = shipped.predict_proba(small.texts)
    np.testing.assert_array_equal(shipped.predict_proba(small.texts[::-1]), together[::-1])
    np.testing.assert_array_equal(shipped.predict_proba(small.texts[7:8]), together[7:8])


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(st.text() | st.text(alphabet="матч суд посол\n\0\u0301ё🔥-А1<>", max_size=60), max_size=6),
    data=st.data(),
)
def test_any_texts_get_the_same_in_any_order(shipped, texts, data):
    order = data.draw(st.permutations(range(len(texts))))
    together = shipped.predict_proba(texts)
    np.testing.assert_array_equal(shipped.predict_proba([texts[place] for place in order]), together[list(order)])
    for text, row in zip(texts, together, strict=True):
        np.testing.assert_array_equal(shipped.predict_proba([text])[0], row)


def test_the_size_of_batches_changes_nothing(shipped, small, monkeypatch):
    together, topics = shipped.predict_proba(small.texts), shipped.topics(small.texts)
    monkeypatch.setattr("classifier.model.predictor.BATCH", 7)
    np.testing.assert_array_equal(shipped.predict_proba(small.texts), together)
    assert shipped.topics(small.texts) == topics


def test_fit_and_predict_do_not_change_their_input(quick, small, indicator):
    texts, y_true = list(small.texts), indicator.copy()
    clone(quick).fit(texts, y_true).predict(texts)
    assert texts == small.texts and y_true.equals(indicator)


def test_a_rare_topic_is_refused_by_name(quick, small):
    topics = [[*row, "редкое"] if number < 2 else row for number, row in enumerate(small.topics)]
    with pytest.raises(ValueError, match="'редкое' is on 2 of 46 texts; it takes 3"):
        quick.fit(small.texts, topics)


def test_a_topic_of_nearly_all_texts_is_refused_by_name(quick, small):
    topics = [["новости"] if number > 1 else [] for number in range(46)]
    with pytest.raises(ValueError, match="'новости' is on 44 of 46 texts; it takes 3 with it and 3 without"):
        quick.fit(small.texts, topics)


def test_texts_and_labels_of_different_length_are_refused(quick, small):
    with pytest.raises(ValueError, match="45 texts but 46 rows"):
        quick.fit(small.texts[1:], small.topics)


def test_labels_without_a_topic_are_refused(quick, small):
    with pytest.raises(ValueError, match="y names no topic"):
        quick.fit(small.texts, [""] * 46)


def test_parameters_round_trip_through_clone():
    settings = {
        "alpha": 3.0,
        "semantic_smoothing": 0.1,
        "vector_dimensions": 9,
        "lead_words": 50,
        "headline_words": 9,
        "min_df": 2,
        "lexicon": Lexicon.learn(["Матч"], min_df=1),
    }
    model = TopicClassifier(**settings)
    assert clone(model).get_params() == model.get_params() == settings
    assert model.set_params(alpha=2.0).alpha == 2.0


def test_fit_returns_itself_and_forgets_an_earlier_fit(quick, small):
    model = clone(quick).fit(small.texts[:40], small.topics[:40])
    assert model.fit(small.texts, small.topics) is model
    fresh = clone(quick).fit(small.texts, small.topics)
    np.testing.assert_array_equal(model.predictor_.weights.coef, fresh.predictor_.weights.coef)


def test_parameters_change_the_model(small, quick):
    fitted = clone(quick).fit(small.texts, small.topics).predict_proba(small.texts)
    for change in ({"alpha": 9.0}, {"vector_dimensions": 2}, {"lead_words": 5}, {"headline_words": 0}):
        other = clone(quick).set_params(**change).fit(small.texts, small.topics)
        assert (other.predict_proba(small.texts) != fitted).any(), change


def test_a_classifier_with_settings_from_a_numpy_grid_can_be_pickled_and_stored(quick, small, tmp_path):
    model = clone(quick).set_params(alpha=np.float32(2), lead_words=np.int64(30), headline_words=np.int64(3))
    train(small, tmp_path / "model", model=model)
    stored = load(tmp_path / "model")
    pickled = pickle.loads(pickle.dumps(model.fit(small.texts, small.topics)))
    for loaded in (stored, pickled):
        np.testing.assert_array_equal(loaded.predict_proba(small.texts), model.predict_proba(small.texts))


def test_min_df_decides_which_new_lemmas_are_learned(small):
    lexicon = Lexicon.learn(["Матч"] * 3, min_df=1)
    few, many = (
        TopicClassifier(lexicon=lexicon, min_df=number).fit(small.texts, small.topics).predictor_.lexicon.lemmas
        for number in (5, 2)
    )
    assert "матч" in few and set(few) < set(many)


def test_lemmas_with_like_vectors_share_their_weights(small, indicator, small_model):
    """«Метеоролог» is in no labelled text; semantic smoothing tells that it is about the weather."""
    text = ["Метеоролог"]
    smooth = small_model.predict_proba(text)[0]
    assert small_model.classes_[smooth.argmax()] == "погода"
    lexicon = small_model.predictor_.lexicon
    blind = replace(lexicon, vectors=np.zeros_like(lexicon.vectors))
    blind = blind.with_distilled(np.zeros(lexicon.distilled.shape, np.float32))
    rough = TopicClassifier(semantic_smoothing=0, lexicon=blind).fit(small.texts, indicator).predict_proba(text)[0]
    assert np.ptp(rough) < np.ptp(smooth)


@pytest.mark.parametrize("texts", [["Матч"] * 40, ["Матч", "Суд"] * 20, ["Hello"] * 40])
def test_a_model_of_hardly_any_words_can_be_stored(texts):
    model = TopicClassifier(lexicon=Lexicon.learn(texts, min_df=1)).fit(texts, ["а", "б", "", "а"] * 10)
    again = TopicPredictor.from_bytes(model.predictor_.to_bytes())
    np.testing.assert_array_equal(again.predict_proba(texts), model.predict_proba(texts))


@pytest.mark.parametrize("settings", [{"alpha": 1e300}, {"semantic_smoothing": 1_000_001}])
def test_settings_without_a_solution_are_refused(small, settings):
    with pytest.raises(UsageError, match="not a (positive )?number.*, at most 1,000,000"):
        TopicClassifier(**settings).fit(small.texts, small.topics)


def test_many_texts_are_fitted_in_shards(small, indicator, small_model, monkeypatch):
    monkeypatch.setattr("classifier.model.estimator.SHARD", 23)
    model = TopicClassifier().fit(small.texts, indicator)
    assert (model.predictor_.weights.coef != small_model.predictor_.weights.coef).any()
    assert model.score(small.texts, indicator) > 0.9


# Labels as users have them.

LABELS = {
    "lists": lambda small, indicator: small.topics,
    "strings": lambda small, indicator: list(map(";".join, small.topics)),
    "Series of strings": lambda small, indicator: pd.Series(map(";".join, small.topics), index=range(46, 0, -1)),
    "Series of lists": lambda small, indicator: pd.Series(small.topics),
    "array of strings": lambda small, indicator: np.array(list(map(";".join, small.topics))),
    "frame of one column": lambda small, indicator: pd.DataFrame({"topics": map(";".join, small.topics)}),
    "indicator frame": lambda small, indicator: indicator,
    "indicator array": lambda small, indicator: indicator.to_numpy(),
}


@pytest.fixture(params=LABELS)
def labels(request, small, indicator):
    return LABELS[request.param](small, indicator)


@pytest.fixture(scope="module")
def cv_scores(quick, small, indicator):
    return cross_val_score(quick, small.texts, indicator, cv=2).tolist()


def test_cross_validation_works_with_labels_of_every_kind(quick, small, labels, cv_scores):
    assert cross_val_score(quick, small.texts, labels, cv=2).tolist() == cv_scores


@pytest.mark.parametrize("kind", ["lists", "strings", "frame of one column", "indicator frame"])
def test_grid_search_works_with_labels_and_inside_a_pipeline(quick, small, indicator, cv_scores, kind):
    labels = LABELS[kind](small, indicator)
    search = GridSearchCV(make_pipeline(quick), {"topicclassifier__alpha": [quick.alpha]}, cv=2).fit(
        small.texts, labels
    )
    assert [search.cv_results_[f"split{fold}_test_score"][0] for fold in range(2)] == cv_scores
    assert search.score(small.texts, labels) > 0.9
    assert search.best_estimator_.predict(small.texts).shape == (46, 4)


def test_the_stock_micro_f1_is_that_of_score(quick, small, indicator, cv_scores):
    assert cross_val_score(quick, small.texts, indicator, cv=2, scoring="f1_micro").tolist() == cv_scores


def test_stock_scorers_take_probabilities(quick, small, indicator):
    assert (cross_val_score(quick, small.texts, indicator, cv=2, scoring="roc_auc") > 0.5).all()


def test_classes_are_the_same_before_and_after_loading(quick, small, labels, tmp_path):
    model = clone(quick).fit(small.texts, labels)
    metadata = {"topics": model.predictor_.classes, "parameters": {}}
    write_model(tmp_path / "model", model.predictor_.to_content(), metadata, "")
    loaded = load(tmp_path / "model")
    assert loaded.classes_.tolist() == model.classes_.tolist()
    assert loaded.classes_.dtype == model.classes_.dtype == object
    assert {type(name) for name in model.classes_} == {str}


@pytest.fixture(scope="module")
def fitted(quick, small, indicator):
    return clone(quick).fit(small.texts, indicator)


def test_score_is_micro_f1(fitted, small, indicator):
    y_true, y_pred = indicator.to_numpy(), fitted.predict(small.texts)
    expected = 2 * (y_pred & y_true).sum() / (y_pred.sum() + y_true.sum())
    assert fitted.score(small.texts, indicator) == pytest.approx(expected)


def test_score_takes_columns_in_any_order(fitted, small, indicator):
    assert fitted.score(small.texts, indicator[indicator.columns[::-1]]) == fitted.score(small.texts, indicator)


def test_a_topic_that_the_model_does_not_know_counts_as_missed(fitted, small, indicator):
    y_pred = fitted.predict(small.texts)
    hits = (y_pred & indicator.to_numpy()).sum()
    expected = 2 * hits / (y_pred.sum() + indicator.to_numpy().sum() + 46)
    assert fitted.score(small.texts, indicator.assign(космос=1)) == pytest.approx(expected)
    assert fitted.score(small.texts, [[*row, "космос"] for row in small.topics]) == pytest.approx(expected)


def test_score_takes_labels_of_one_topic(fitted, small):
    row = next(row for row, topics in enumerate(small.topics) if topics == ["спорт"])
    assert fitted.score(small.texts[row : row + 1], [["спорт"]]) == 1
    assert fitted.score(small.texts[row : row + 1], ["погода"]) == 0


def test_score_weighs_texts(fitted, small, indicator):
    right = (fitted.predict(small.texts) == indicator.to_numpy()).all(axis=1)
    labels = indicator.copy()
    labels.iloc[0] = 1 - labels.iloc[0]  # now the first text is wrong
    assert fitted.score(small.texts, labels, sample_weight=right & (np.arange(46) > 0)) == 1


def test_score_refuses_an_indicator_of_another_number_of_topics(fitted, small):
    with pytest.raises(ValueError, match="y has 3 columns, but the model has 4 topics"):
        fitted.score(small.texts, np.zeros((46, 3)))


ONE_TOPIC = {
    "lists": lambda column: [["спорт"] if value else [] for value in column],
    "frame": lambda column: column.to_frame(),
    "array": lambda column: column.to_numpy()[:, None],
}


@pytest.mark.parametrize("form", ONE_TOPIC)
def test_one_topic_alone_is_learned(quick, small, indicator, form):
    labels = ONE_TOPIC[form](indicator["спорт"])
    model = clone(quick).fit(small.texts, labels)
    assert model.predict_proba(small.texts).shape == model.loo_proba_.shape == (46, 1)
    assert model.score(small.texts, labels) > 0.9
    assert np.isfinite(cross_val_score(quick, small.texts, labels, cv=2)).all()


def test_one_topic_alone_is_trained_and_scored(quick, small, tmp_path):
    topics = [["спорт"] if "спорт" in row else [] for row in small.topics]
    one = Corpus(small.ids, small.texts, topics, small.splits, small.sources, small.years)
    scores = train(one, tmp_path / "model", model=quick)
    assert scores.f1["спорт"] == scores.f1["micro"] > 0.5
    assert load(tmp_path / "model").classes_.tolist() == ["спорт"]


def test_one_topic_alone_is_trained_and_evaluated_from_the_shell(run, small, tmp_path):
    topics = ["спорт" if "спорт" in row else "" for row in small.topics]
    pd.DataFrame({"text": small.texts, "topics": topics}).to_csv(tmp_path / "one.csv", index=False)
    trained = run("train", tmp_path / "one.csv", "--output", tmp_path / "model")
    assert trained.code == 0, trained.err
    evaluated = run("evaluate", tmp_path / "one.csv", "--model", tmp_path / "model", "--format", "csv")
    assert evaluated.code == 0 and "\nспорт,1.0,1.0,1.0," in evaluated.out


@pytest.mark.parametrize(
    "setting, value",
    [
        *[("alpha", 0), ("alpha", -1.0), ("alpha", float("nan")), ("alpha", "x"), ("semantic_smoothing", -1)],
        *[("lead_words", -1), ("lead_words", 2**40), ("headline_words", 1.5), ("vector_dimensions", None)],
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(quick, small, setting, value):
    with pytest.raises(UsageError, match=f"{setting} is .*, not a"):
        clone(quick).set_params(**{setting: value}).fit(small.texts, small.topics)
