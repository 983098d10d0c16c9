import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

import classifier
from classifier import LemmaVectorizer
from classifier.errors import UsageError

# «Суд» is in the most texts, but «матч» occurs most often; no two lemmas tie.
UNEVEN = ["Матч, матч, матч, матч", "Суд, суд", "Суд и дождь, дождь"]


@pytest.mark.parametrize(
    "settings", [{}, {"sublinear_tf": False}, {"min_df": 3}, {"min_df": 2, "sublinear_tf": False}], ids=str
)
def test_it_equals_the_stock_vectorizer_with_this_analyzer(small, settings):
    ours = LemmaVectorizer(**settings).fit(small.texts)
    stock = TfidfVectorizer(analyzer=classifier.lemmatize, **{"sublinear_tf": True, **settings}).fit(small.texts)
    texts = [*small.texts, "", "xyzzy", "Матч матча матчу, суд"]
    weights = ours.transform(texts)
    assert weights.dtype == np.float32 and weights.format == "csr"
    np.testing.assert_allclose(weights.toarray(), stock.transform(texts).toarray(), rtol=1e-5)
    np.testing.assert_allclose(ours.idf_, stock.idf_, rtol=1e-6)
    assert ours.vocabulary_ == stock.vocabulary_
    assert ours.get_feature_names_out().tolist() == stock.get_feature_names_out().tolist()


@pytest.mark.parametrize("number", [1, 2, None])
def test_max_features_keeps_the_lemmas_that_the_stock_vectorizer_keeps(number):
    stock = TfidfVectorizer(analyzer=classifier.lemmatize, max_features=number).fit(UNEVEN)
    ours = LemmaVectorizer(max_features=number).fit(UNEVEN)
    assert ours.get_feature_names_out().tolist() == stock.get_feature_names_out().tolist()


def test_parameters_round_trip_through_clone():
    settings = {"min_df": 2, "max_features": 9, "sublinear_tf": False}
    assert clone(LemmaVectorizer(**settings)).get_params() == settings


@pytest.mark.parametrize("container", [list, tuple, pd.Series, np.array, iter], ids=lambda kind: kind.__name__)
def test_any_iterable_of_strings_is_taken(small, container):
    vectorizer = LemmaVectorizer().fit(container(small.texts))
    expected = LemmaVectorizer().fit_transform(small.texts)
    assert (vectorizer.transform(container(small.texts)) != expected).nnz == 0


def test_it_survives_pickle_and_joblib(small, tmp_path):
    vectorizer = LemmaVectorizer().fit(small.texts)
    expected = vectorizer.transform(small.texts)
    joblib.dump(vectorizer, tmp_path / "vectorizer.joblib")
    for loaded in (pickle.loads(pickle.dumps(vectorizer)), joblib.load(tmp_path / "vectorizer.joblib")):
        assert (loaded.transform(small.texts) != expected).nnz == 0
        assert loaded.get_feature_names_out().tolist() == vectorizer.get_feature_names_out().tolist()


@pytest.mark.parametrize(
    "texts, problem",
    [
        ("одна строка", r"not one string: \[text\]"),
        (pd.DataFrame({"text": ["Суд"]}), r"DataFrame .* choose its column.*frame\['text'\]"),
        ({"text": "Суд"}, "mapping .* give its values"),
        (["Суд", None], "text 1 is None, not a string; fill gaps"),
        (["Суд", float("nan")], "text 1 is nan, not a string"),
        ([b"bytes"], "text 0 is b'bytes', not a string"),
    ],
)
def test_anything_but_texts_is_refused(texts, problem):
    vectorizer = LemmaVectorizer().fit(["Суд"])
    for method in (vectorizer.transform, LemmaVectorizer().fit):
        with pytest.raises(ValueError, match=problem):
            method(texts)


@pytest.mark.parametrize("texts", [[], ["", "2017"], ["и в на", "между"]])
def test_texts_without_a_lemma_are_refused(texts):
    with pytest.raises(ValueError, match="no lemma is in 1 or more of . texts"):
        LemmaVectorizer().fit(texts)


def test_the_classic_pipeline_is_fitted_saved_and_loaded(small, tmp_path):
    y_true = small.indicator(sorted({topic for row in small.topics for topic in row}))
    pipeline = make_pipeline(LemmaVectorizer(), OneVsRestClassifier(LogisticRegression(C=100)))
    pipeline.fit(small.texts, y_true)
    joblib.dump(pipeline, tmp_path / "pipeline.joblib")
    loaded = joblib.load(tmp_path / "pipeline.joblib")
    np.testing.assert_array_equal(loaded.predict_proba(small.texts), pipeline.predict_proba(small.texts))
    np.testing.assert_array_equal(loaded.predict(small.texts), y_true)
    assert loaded.predict(["Команда выиграла матч"]).tolist() == [[int(name == "спорт") for name in y_true.columns]]


def test_lemmatize_is_an_analyzer_for_stock_vectorizers():
    counts = CountVectorizer(analyzer=classifier.lemmatize).fit(["Суды вынесли приговоры"])
    assert counts.get_feature_names_out().tolist() == ["вынести", "приговор", "суд"]
    assert counts.transform(["Суд, суду"]).toarray().tolist() == [[0, 0, 2]]


@pytest.mark.parametrize("setting", [{"min_df": 0}, {"min_df": 0.5}, {"max_features": 0}, {"max_features": 2.0}])
def test_a_setting_that_is_not_a_count_is_refused_by_name(setting):
    with pytest.raises(UsageError, match=f"{next(iter(setting))} is .*, not a whole number from 1 on"):
        LemmaVectorizer(**setting).fit(["Суд вынес приговор"])
