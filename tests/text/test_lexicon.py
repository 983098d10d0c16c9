import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.text.lemmas import MEMO, lemmatize
from classifier.text.lexicon import Lexicon, document_frequencies
from classifier.text.tokens import to_token

# Two subjects that share no word: courts and weather. «Вердикт» replaces «приговор», and they never meet in one text.
COURT = ["Судья вынес приговор подсудимому", "Судья вынес вердикт подсудимому", "Адвокат обжаловал приговор судьи"]
COURT += ["Адвокат обжаловал вердикт судьи"]
WEATHER = ["Синоптик обещает дождь завтра", "Синоптик обещает снегопад завтра", "Завтра дождь усилится"]
TEXTS = (COURT + WEATHER) * 3


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon.learn(TEXTS, dimensions=3, min_df=3)


def similarity(lexicon, one, other):
    vectors = lexicon.unit_vectors()
    return float(vectors[lexicon.lemmas.index(one)] @ vectors[lexicon.lemmas.index(other)])


def test_lemmas_with_the_same_neighbours_have_like_vectors(lexicon):
    assert similarity(lexicon, "приговор", "вердикт") > 0.9
    assert abs(similarity(lexicon, "приговор", "дождь")) < 0.1


def test_the_shipped_vectors_tell_like_lemmas_from_unlike_ones(shipped):
    assert similarity(shipped.lexicon, "приговор", "колония") > 0.6
    assert similarity(shipped.lexicon, "приговор", "дождь") < 0.3


def test_the_inverse_document_frequencies_are_those_of_scikit_learn(lexicon):
    stock = TfidfVectorizer(analyzer=lemmatize, min_df=3).fit(TEXTS)
    assert lexicon.lemmas == stock.get_feature_names_out().tolist()
    np.testing.assert_allclose(lexicon.idf, stock.idf_, rtol=1e-6)
    assert lexicon.texts == len(TEXTS)


def test_document_frequencies_count_each_text_once():
    texts = ["Суд, суда: матч", "Судам"]
    assert document_frequencies(texts) == {"суд": 2, "матч": 1}
    assert document_frequencies(texts, without={"суд"}) == {"матч": 1}


@pytest.mark.parametrize(
    "texts, passage, related",
    [
        (["Суд матч"] * 3, 2, True),
        (["Суд, и в 2017: матч"] * 3, 2, True),  # words without a lemma do not count
        (["Суд рыба матч", "Суд кот матч", "Суд дом матч"], 2, True),  # and neither do words outside the lexicon
        (["Суд матч"] * 3, 1, False),
        (["Суд", "Матч"] * 3, 2, False),
        (["Суд суд матч матч"] * 3, 2, False),
    ],
)
def test_lemmas_co_occur_in_a_passage_of_so_many_known_words_of_one_text(texts, passage, related):
    lexicon = Lexicon.learn(texts, dimensions=2, passage=passage, min_df=3)
    assert lexicon.lemmas == ["матч", "суд"]
    assert lexicon.vectors.any() == related


def test_new_lemmas_are_added_and_the_known_ones_stay(lexicon):
    texts = ["Квантовый кубит", "Квантовый приговор", "Редкость"]
    extended = lexicon.extend(document_frequencies(texts), len(texts), min_df=2)
    assert extended.lemmas == [*lexicon.lemmas, "квантовый"]
    assert extended.idf[-1] == pytest.approx(np.log(4 / 3) + 1)
    assert not extended.vectors[-1].any()
    np.testing.assert_array_equal(extended.vectors[:-1], lexicon.vectors)
    np.testing.assert_array_equal(extended.idf[:-1], lexicon.idf)


def test_words_seen_in_texts_become_forms_of_old_lemmas_too(lexicon):
    token, column = to_token("приговоришко"), lexicon.lemmas.index("приговор")
    assert lexicon.forms.lacking([token, b"-" + token, to_token("приговору")]) == [token]
    MEMO[token] = "приговор"  # as if the dictionary said so
    try:
        extended = lexicon.extend({}, 1, 1, seen=[token])
    finally:
        del MEMO[token]
    assert extended.lemmas == lexicon.lemmas
    assert extended.forms.columns_of(["Приговоришко приговору"])[0].tolist() == [column, column]


def test_truncate_keeps_the_first_dimensions(lexicon):
    assert lexicon.truncate(2).vectors.tolist() == lexicon.vectors[:, :2].tolist()


def test_unit_vectors_have_length_one_or_zero(lexicon):
    lengths = np.linalg.norm(lexicon.extend({"новый": 1}, 1, 1).unit_vectors(), axis=1)
    assert set(lengths.round(5)) == {0, 1}


def test_the_same_texts_give_the_same_lexicon(lexicon):
    again = Lexicon.learn(TEXTS, dimensions=3, min_df=3)
    np.testing.assert_array_equal(again.vectors, lexicon.vectors)


@pytest.mark.parametrize("texts", [[], [""], ["Суд"]])
def test_a_lexicon_of_hardly_any_text_is_as_small(texts):
    lexicon = Lexicon.learn(texts, min_df=1)
    assert len(lexicon.lemmas) == len(lexicon.vectors) == len(set(texts) & {"Суд"})
