import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.lemmas import lemmas
from classifier.lexicon import Lexicon, _passages
from classifier.vocabulary import Vocabulary

# Two worlds that share no word: courts and weather. «Вердикт» stands where «приговор» does, never beside it.
COURT = ["Судья вынес приговор подсудимому", "Судья вынес вердикт подсудимому", "Адвокат обжаловал приговор судьи"]
COURT += ["Адвокат обжаловал вердикт судьи"]
WEATHER = ["Синоптик обещает дождь завтра", "Синоптик обещает снегопад завтра", "Завтра дождь усилится"]
TEXTS = (COURT + WEATHER) * 3


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon.learn(TEXTS, dimensions=3, min_df=3)


def alike(lexicon, one, other):
    directions = lexicon.directions()
    return float(directions[lexicon.lemmas.index(one)] @ directions[lexicon.lemmas.index(other)])


def test_words_that_stand_in_like_company_have_like_vectors(lexicon):
    assert alike(lexicon, "приговор", "вердикт") > 0.9
    assert abs(alike(lexicon, "приговор", "дождь")) < 0.1


def test_the_shipped_vectors_know_that_too(shipped):
    assert alike(shipped.features.lexicon, "приговор", "колония") > 0.6
    assert alike(shipped.features.lexicon, "приговор", "дождь") < 0.3


def test_rarity_is_that_of_scikit_learn(lexicon):
    stock = TfidfVectorizer(analyzer=lemmas, min_df=3).fit(TEXTS)
    assert lexicon.lemmas == stock.get_feature_names_out().tolist()
    np.testing.assert_allclose(lexicon.idf, stock.idf_, rtol=1e-6)
    assert lexicon.texts == len(TEXTS)


def test_words_meet_within_a_passage_of_known_words_of_one_text():
    known = Vocabulary(["гол", "дождь", "матч", "суд"])
    passages = _passages(["Суд и матч, матч в дождь: гол!", "Дождь"], known, 3)
    assert passages.toarray().tolist() == [[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 0]]


def test_it_grows_by_words_of_its_users_texts_and_keeps_its_own(lexicon):
    grown = lexicon.grown(["Квантовый кубит", "Квантовый приговор", "Редкость"], min_df=2)
    assert grown.lemmas == [*lexicon.lemmas, "квантовый"]
    assert grown.idf[-1] == pytest.approx(np.log(4 / 3) + 1)
    assert not grown.vectors[-1].any()
    np.testing.assert_array_equal(grown.vectors[:-1], lexicon.vectors)


def test_the_first_dimensions_are_taken(lexicon):
    assert lexicon.first(2).vectors.tolist() == lexicon.vectors[:, :2].tolist()


def test_directions_have_length_one_or_none(lexicon):
    lengths = np.linalg.norm(lexicon.grown(["Новое слово"], 1).directions(), axis=1)
    assert set(lengths.round(5)) == {0, 1}


def test_the_same_texts_give_the_same_lexicon(lexicon):
    again = Lexicon.learn(TEXTS, dimensions=3, min_df=3)
    np.testing.assert_array_equal(again.vectors, lexicon.vectors)


@pytest.mark.parametrize("texts", [[], [""], ["Суд"]])
def test_of_next_to_nothing_it_learns_next_to_nothing(texts):
    lexicon = Lexicon.learn(texts, min_df=1)
    assert len(lexicon.lemmas) == len(lexicon.vectors) == len(set(texts) & {"Суд"})
