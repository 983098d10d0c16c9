import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from classifier.lemmas import MEMO, lemmas
from classifier.text import tokens
from classifier.vocabulary import Vocabulary, ends_among

TRICKY = ["", "xyzzy", "Суд суда судам, 2017: суд-", "матч"]


@pytest.fixture(scope="module")
def vocabulary(small):
    return Vocabulary(CountVectorizer(analyzer=lemmas).fit(small.texts).get_feature_names_out())


def assert_looked_up(vocabulary, texts):
    """Columns of all words, text by text, as a plain look-up gives them."""
    columns, ends = vocabulary.look_up(texts)
    number = {"": Vocabulary.NO_LEMMA, **{lemma: column for column, lemma in enumerate(vocabulary.lemmas)}}
    plain = [[number.get(MEMO[token], Vocabulary.UNKNOWN) for token in tokens(text)] for text in texts]
    assert [columns[start:end].tolist() for start, end in pairwise(ends)] == plain


def test_words_are_looked_up_in_their_order(vocabulary, small):
    assert_looked_up(vocabulary, [*TRICKY, *small.texts, *TRICKY])


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1е\u0301ё", max_size=60), max_size=5))
def test_of_any_texts(vocabulary, texts):
    assert_looked_up(vocabulary, texts)


def test_a_matrix_sums_weights_of_a_row():
    matrix = Vocabulary(["а", "б"]).matrix(
        np.array([0, 1, 0, 1], np.int32), np.array([1, 5, 2, 3]), np.array([0, 3, 4])
    )
    assert matrix.toarray().tolist() == [[3, 5], [0, 3]]


def test_rows_shrink_with_the_words_chosen():
    chosen = np.array([True, False, True, False, True])
    assert ends_among(chosen, np.array([0, 2, 2, 5])).tolist() == [0, 1, 1, 3]


def test_the_table_stays_out_of_pickles(vocabulary, small):
    fresh = Vocabulary(vocabulary.lemmas)
    before = pickle.dumps(fresh)
    fresh.look_up(small.texts)
    assert pickle.dumps(fresh) == before
    assert_looked_up(pickle.loads(before), small.texts)


def test_the_table_is_bounded(monkeypatch, vocabulary, small):
    monkeypatch.setattr("classifier.vocabulary.FORMS", 20)
    fresh = Vocabulary(vocabulary.lemmas)
    assert_looked_up(fresh, small.texts)
    assert len(fresh._columns) <= 20
