import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

from classifier.features import ArticleFeatures, tfidf
from classifier.lemmas import MEMO, lemmas
from classifier.text import tokens

WORDS, HEADLINE = 8, 3
TRICKY = ["", "xyzzy", "Суд суда судам, 2017: суд-", "матч"]


def opening(text):
    """Lemmas of the opening by the plain way: its words, then those of the headline once more."""
    start = tokens(text)[:WORDS]
    return [MEMO[token] for token in start + start[:HEADLINE] if MEMO[token]]


def assert_same_bits(one, other):
    assert one.shape == other.shape and one.dtype == other.dtype
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def assert_counts_are_stock(features, texts):
    """Counts of scikit-learn's vectorizer with the same vocabulary and the plain way from a text to its lemmas."""
    for found, analyzer in zip(features.counts(texts), (lemmas, opening), strict=True):
        stock = CountVectorizer(analyzer=analyzer, vocabulary=features.vocabulary, dtype=np.float32)
        assert_same_bits(found, stock.transform(texts))


@pytest.fixture(scope="module")
def features(small):
    vocabulary = CountVectorizer(analyzer=lemmas).fit(small.texts).get_feature_names_out()
    return ArticleFeatures(vocabulary, WORDS, HEADLINE)


def test_counts_are_the_stock_ones_bit_for_bit(features, small):
    assert_counts_are_stock(features, [*TRICKY, *small.texts, *TRICKY])


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е\u0301ё", max_size=60), max_size=5))
def test_on_any_texts(features, texts):
    assert_counts_are_stock(features, texts)


@pytest.mark.corpus
def test_on_the_corpus(shipped, shared):
    vocabulary = shipped.features.vocabulary
    assert_counts_are_stock(ArticleFeatures(vocabulary, WORDS, HEADLINE), shared.texts[::4])


def test_tfidf_is_the_stock_one(features, small):
    for counts in features.counts([*small.texts, ""]):
        stock = TfidfTransformer(sublinear_tf=True).fit(counts)
        np.testing.assert_allclose(tfidf(counts, stock.idf_).toarray(), stock.transform(counts).toarray(), rtol=1e-6)


def test_a_text_and_its_opening_stand_side_by_side():
    features = ArticleFeatures(["матч", "суд"], 2, 1, np.ones((2, 2), np.float32))
    row = features.transform(["Суд матч матч"]).toarray()[0]
    text = np.array([1 + np.log(2), 1]) / np.hypot(1 + np.log(2), 1)  # матч twice, суд once
    start = np.array([1, 1 + np.log(2)]) / np.hypot(1, 1 + np.log(2))  # суд in the headline
    np.testing.assert_allclose(row, [*text, *start], rtol=1e-6)


def test_a_headline_is_no_longer_than_the_opening(small):
    one, other = (ArticleFeatures(["суд", "матч"], 2, headline).counts(small.texts)[1] for headline in (2, 9))
    assert_same_bits(one, other)


def test_the_table_stays_out_of_pickles(features, small):
    fresh = ArticleFeatures(features.vocabulary, WORDS, HEADLINE)
    before = pickle.dumps(fresh)
    fresh.counts(small.texts)
    assert pickle.dumps(fresh) == before
    assert_counts_are_stock(pickle.loads(before), small.texts)


def test_the_table_is_bounded(monkeypatch, features, small):
    monkeypatch.setattr("classifier.features.FORMS", 20)
    fresh = ArticleFeatures(features.vocabulary, WORDS, HEADLINE)
    assert_counts_are_stock(fresh, small.texts)
    assert len(fresh._columns) <= 20
