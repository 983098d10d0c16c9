import numpy as np
import pandas as pd
import pytest

from classifier.comparison import words
from classifier.comparison.words import WordCounts, contrast, training_shares, unknown_lemmas
from classifier.text.lexicon import Lexicon

LEXICON = Lexicon.learn(["матч хоккей"] * 6 + ["матч суд"] * 2, dimensions=2, min_df=1)


def test_training_shares_follow_from_the_lexicon():
    shares = training_shares(LEXICON)
    assert shares.round(4).to_dict() == {"матч": 1.0, "суд": round(3 / 9, 4), "хоккей": round(7 / 9, 4)}


def test_lemmas_that_the_lexicon_lacks_are_named_once_without_numbers_and_function_words():
    text = "Матчи и 25 ледоколов: на ледоколе, суд, 中文"
    columns, _ = LEXICON.forms.columns_of([text])
    assert unknown_lemmas(text, columns, set(LEXICON.lemmas)) == {"ледокол"}


def test_articles_are_counted_by_word_known_or_not():
    counts = WordCounts(LEXICON)
    counts.add([np.array([0, 2]), np.array([0])], [{"ледокол"}, {"ледокол", "порт"}])
    counts.add([np.array([], np.int32)], [set()])
    assert counts.counts().to_dict() == {"матч": 2, "хоккей": 1, "ледокол": 2, "порт": 1}
    assert counts.articles == 3


def test_rare_unknown_words_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(words, "_MAX_WORDS", 4)
    counts = WordCounts(LEXICON)
    counts.add([np.array([0])] * 2, [{"ледокол"}, {"ледокол", "a", "b", "c", "d"}])
    assert len(counts.counts()) == 1 + 2 and counts.counts()["ледокол"] == 2


def test_a_word_of_few_articles_cannot_stand_out_as_much_as_one_of_many():
    found = contrast(pd.Series({"rare": 5, "frequent": 100}), 1000, pd.Series({"rare": 0.0005, "frequent": 0.01}), 9)
    assert list(found.index) == ["frequent", "rare"]  # although both occur ten times as often
    assert found.times["frequent"] == pytest.approx(0.105 / 0.015)


def test_words_of_too_few_articles_or_that_are_rarer_here_are_left_out():
    counts = pd.Series({"four": 4, "less": 50, "more": 60, "most": 90})
    found = contrast(counts, 100, pd.Series({"less": 0.9, "more": 0.1, "most": 0.1}), 9)
    assert list(found.index) == ["most", "more"]
    assert list(contrast(counts, 100, found.beside, 1).index) == ["less"]
    assert contrast(pd.Series(dtype="int64"), 0, pd.Series(dtype="float64"), 9).empty


def test_words_that_stand_out_alike_are_in_alphabetical_order():
    counts = pd.Series({"порт": 9, "мост": 9, "лёд": 9})
    assert list(contrast(counts, 100, pd.Series(dtype="float64"), 2).index) == ["лёд", "мост"]
