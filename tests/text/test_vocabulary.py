import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from classifier.text import vocabulary as module
from classifier.text.columns import NO_LEMMA, UNKNOWN, filter_indptr
from classifier.text.lemmas import MEMO, lemmatize
from classifier.text.tokens import tokenize
from classifier.text.vocabulary import Vocabulary

TRICKY = ["", "xyzzy", "Суд суда судам, 2017: суд-", "матч"]


@pytest.fixture(scope="module")
def vocabulary(small):
    return Vocabulary(CountVectorizer(analyzer=lemmatize).fit(small.texts).get_feature_names_out())


def assert_columns_are_right(vocabulary, texts):
    """The columns of all words, text by text, are those that a plain look-up of each word gives."""
    columns, indptr = vocabulary.columns_of(texts)
    column_of = {"": NO_LEMMA, **{lemma: column for column, lemma in enumerate(vocabulary.lemmas)}}
    plain = [[column_of.get(MEMO[token], UNKNOWN) for token in tokenize(text)] for text in texts]
    assert [columns[start:end].tolist() for start, end in pairwise(indptr)] == plain


def test_words_are_looked_up_in_order(vocabulary, small):
    assert_columns_are_right(vocabulary, [*TRICKY, *small.texts, *TRICKY])


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е\u0301ё", max_size=60), max_size=5))
def test_words_of_any_texts_are_looked_up(vocabulary, texts):
    assert_columns_are_right(vocabulary, texts)


def test_a_matrix_adds_up_the_weights_of_a_row():
    columns, weights, indptr = np.array([0, 1, 0, 1], np.int32), np.array([1, 5, 2, 3]), np.array([0, 3, 4])
    assert Vocabulary(["а", "б"]).matrix(columns, weights, indptr).toarray().tolist() == [[3, 5], [0, 3]]


def test_counts_are_those_of_the_stock_vectorizer(vocabulary, small):
    texts = [*TRICKY, *small.texts]
    stock = CountVectorizer(analyzer=lemmatize, vocabulary=vocabulary.lemmas).transform(texts)
    np.testing.assert_array_equal(vocabulary.counts(texts).toarray(), stock.toarray())


def test_row_pointers_follow_the_chosen_words():
    chosen = np.array([True, False, True, False, True])
    assert filter_indptr(chosen, np.array([0, 2, 2, 5])).tolist() == [0, 1, 1, 3]


def test_a_pickle_does_not_contain_the_table(vocabulary, small):
    fresh = Vocabulary(vocabulary.lemmas)
    before = pickle.dumps(fresh)
    fresh.columns_of(small.texts)
    assert pickle.dumps(fresh) == before
    assert_columns_are_right(pickle.loads(before), small.texts)


@pytest.mark.parametrize("size, asked_again", [(20, True), (1000, False)])
def test_the_table_is_emptied_when_it_is_full(monkeypatch, vocabulary, size, asked_again):
    """A word that the table no longer holds is asked of the memo again."""
    asked = []

    class Memo(dict):
        def __missing__(self, token):
            asked.append(token)
            return MEMO[token]

    monkeypatch.setattr(module, "MEMO_SIZE", size)
    monkeypatch.setattr(module, "MEMO", Memo())
    fresh = Vocabulary(vocabulary.lemmas)
    many = " ".join(f"слово{number}" for number in range(100))
    for _ in range(2):
        fresh.columns_of([many])
    assert (len(asked) > 100) == asked_again
    assert_columns_are_right(fresh, ["Суд и матч", many])
