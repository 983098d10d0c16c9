import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.pipeline import make_pipeline

from classifier.features import LemmaTfidf, start
from classifier.lemmas import lemmas, lemmas_of
from classifier.text import tokens


def stock(tfidf, **settings):
    """Scikit-learn's vectorizer with the same vocabulary and the plain way from a text to its lemmas."""
    return CountVectorizer(analyzer=lemmas, vocabulary=tfidf.vocabulary, dtype=np.float32, **settings)


def assert_same_bits(one, other):
    assert one.shape == other.shape and one.dtype == other.dtype
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def counts(tfidf, texts):
    return tfidf.counts([tokens(text) for text in texts])


@pytest.fixture(scope="module")
def tfidf(small_model):
    return small_model.tagger_.features.text


def test_counts_are_the_stock_ones_bit_for_bit(tfidf, small):
    texts = [*small.texts, "", "xyzzy", "Суд суда судам, 2017: суд-"]
    assert_same_bits(counts(tfidf, texts), stock(tfidf).transform(texts))


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е\u0301ё", max_size=60), max_size=5))
def test_on_any_texts(tfidf, texts):
    assert_same_bits(counts(tfidf, texts), stock(tfidf).transform(texts))


@pytest.mark.corpus
def test_on_the_corpus(shipped, shared):
    tfidf, texts = shipped.features.text, shared.texts[::4]
    assert_same_bits(counts(tfidf, texts), stock(tfidf).transform(texts))


def test_features_are_those_of_a_stock_pipeline_of_text_and_opening(small):
    from classifier.model import TopicClassifier

    model = TopicClassifier(min_df=2, opening=8, headline=3).fit(small.texts, small.topics)
    analyzers = [lemmas, lambda text: lemmas_of(tokens(text)[:8] + tokens(text)[:3])]
    blocks = [
        make_pipeline(CountVectorizer(analyzer=analyzer, min_df=2), TfidfTransformer(sublinear_tf=True))
        for analyzer in analyzers
    ]
    expected = hstack([block.fit_transform(small.texts) for block in blocks])
    found = model.tagger_.features.transform(small.texts)
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-5)


def test_the_opening_is_the_first_words_and_the_headline_counts_twice():
    assert start([b"a", b"b", b"c", b"d"], 3, 1) == [b"a", b"b", b"c", b"a"]
    assert start([b"a"], 3, 2) == [b"a", b"a"]


def test_the_table_stays_out_of_pickles(tfidf, small):
    fresh = LemmaTfidf(tfidf.vocabulary, tfidf.idf)
    before = pickle.dumps(fresh)
    assert_same_bits(counts(fresh, small.texts), counts(tfidf, small.texts))
    assert pickle.dumps(fresh) == before
    assert_same_bits(counts(pickle.loads(before), small.texts), counts(tfidf, small.texts))


def test_the_table_is_bounded(monkeypatch, tfidf, small):
    monkeypatch.setattr("classifier.features.FORMS", 20)
    fresh = LemmaTfidf(tfidf.vocabulary, tfidf.idf)
    assert_same_bits(counts(fresh, small.texts), counts(tfidf, small.texts))
    assert len(fresh._columns) <= 20
