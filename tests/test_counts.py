import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer

from classifier.counts import LemmaCounts

OPENING = {"words": 8, "headline": 3}


@pytest.fixture(scope="module", params=[{}, OPENING], ids=["text", "opening"])
def counts(request, small):
    return LemmaCounts(min_df=2, **request.param).fit(small.texts)


def assert_same_bits(one, other):
    assert one.shape == other.shape and one.dtype == other.dtype
    for part in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def test_the_fast_matrix_is_the_stock_one_bit_for_bit(counts, small):
    texts = [*small.texts, "", "xyzzy", "Суд суда судам, 2017: суд-"]
    assert_same_bits(counts.transform(texts), CountVectorizer.transform(counts, texts))


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е́ё", max_size=60), max_size=5))
def test_on_any_texts(counts, texts):
    assert_same_bits(counts.transform(texts), CountVectorizer.transform(counts, texts))


@pytest.mark.corpus
@pytest.mark.parametrize("settings", [{}, {"words": 60, "headline": 12}], ids=["text", "opening"])
def test_on_the_corpus(shared, settings):
    counts = LemmaCounts(**settings).fit(shared.texts[:1000])
    assert_same_bits(
        counts.transform(shared.texts[500:3000]), CountVectorizer.transform(counts, shared.texts[500:3000])
    )


def test_the_opening_is_the_first_words_and_the_headline_counts_twice():
    counts = LemmaCounts(words=3, headline=1, min_df=1).fit(["суд матч погода театр"])
    names = counts.get_feature_names_out()
    row = counts.transform(["Суд\nматч и театр погода"]).toarray()[0]
    assert dict(zip(names, row, strict=True)) == {"суд": 2, "матч": 1, "погода": 0}


def test_a_new_vocabulary_gets_a_new_table(small):
    counts = LemmaCounts(min_df=1).fit(["суд"])
    assert counts.transform(["суд матч"]).sum() == 1
    counts.fit(["матч театр погода"])
    assert_same_bits(counts.transform(small.texts), CountVectorizer.transform(counts, small.texts))


def test_the_table_stays_out_of_pickles_and_clones(counts, small):
    before = pickle.dumps(clone(counts).fit(small.texts))
    counts.transform(small.texts)
    assert len(pickle.dumps(counts)) == len(before)
    assert clone(counts).get_params() == counts.get_params()


@pytest.mark.parametrize(
    "texts, complaint", [("одна строка", "not one string"), ([None], "text 0 is None"), ([1.5], "1.5")]
)
def test_what_is_no_list_of_texts_is_refused(counts, texts, complaint):
    with pytest.raises(ValueError, match=complaint):
        counts.transform(texts)
