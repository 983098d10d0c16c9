"""Compiled word forms give the columns that an analysis of each word gives."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import Error
from classifier.text import forms as module
from classifier.text.columns import NO_LEMMA, UNKNOWN
from classifier.text.forms import Forms
from classifier.text.lemmas import MEMO, function_words, inflect, lemma_of, lemmatize
from classifier.text.lexicon import compile_forms
from classifier.text.tokens import to_token, tokenize
from tests.text.test_vocabulary import TRICKY

WORDS = ["суд", "матч", "погода", "идти", "с-400", "f-16", "вице-премьер", "роскосмос"]


@pytest.fixture(scope="module")
def forms():
    return compile_forms(WORDS)


def columns_of_each(forms, texts):
    columns, indptr = forms.columns_of(texts)
    assert columns.dtype == np.int32
    return [columns[start:stop].tolist() for start, stop in pairwise(indptr)]


def analysed(lemmas, texts):
    """The same by an analysis of each word."""
    column_of = {"": NO_LEMMA, **{lemma: column for column, lemma in enumerate(lemmas)}}
    return [[column_of.get(MEMO[token], UNKNOWN) for token in tokenize(text)] for text in texts]


def test_forms_of_a_lemma_have_its_column_and_others_have_none(forms):
    text = "В суде шли матчи: вице-премьеру и Роскосмосу не до погоды. С-400, F-16, 2017, рыба!"
    assert columns_of_each(forms, [text, ""]) == [[-3, 0, 3, 1, 6, -3, 7, -3, -3, 2, 4, 5, -3, -1], []]


def test_words_of_news_have_the_columns_that_an_analysis_gives(small):
    lemmas = sorted({lemma for text in small.texts for lemma in lemmatize(text)})
    forms = compile_forms(lemmas, {token for text in small.texts for token in tokenize(text)})
    assert columns_of_each(forms, [*TRICKY, *small.texts]) == analysed(lemmas, [*TRICKY, *small.texts])


@given(texts=st.lists(st.text(alphabet="суд матч\nпогоды,-1ё\u0301中", max_size=60), max_size=5))
def test_numbers_hyphens_and_function_words_have_no_lemma_in_any_text(forms, texts):
    expected = analysed(WORDS, texts)
    for got, plain in zip(columns_of_each(forms, texts), expected, strict=True):
        # A function word that no dictionary lists is unknown instead: that takes nothing from a text.
        assert [UNKNOWN if column == NO_LEMMA else column for column in got] == [
            UNKNOWN if column == NO_LEMMA else column for column in plain
        ]


@pytest.mark.parametrize(
    "text", ["-", "--", "-" * 60, "-" * 100, "12-34", "中", "ы" * 41, "1" * 500_000, "-" * 500_000]
)
def test_what_is_no_word_has_no_lemma(forms, text):
    assert columns_of_each(forms, [f"суд {text} матч"]) == [[0, NO_LEMMA, 1]]


def test_hyphens_at_the_ends_of_a_word_do_not_matter(forms):
    assert columns_of_each(forms, ["-суду матчей-- --с-400-"]) == [[0, 1, 4]]


def test_a_word_seen_in_texts_keeps_its_lemma_though_no_inflection_gives_it():
    (lemma,) = lemmatize("пришла-то")
    seen = tokenize("пришла-то")
    assert columns_of_each(compile_forms([lemma], seen), ["Пришла-то"]) == [[0]]


def test_a_form_seen_in_texts_brings_others_along():
    assert columns_of_each(compile_forms(["фэллон"]), ["Фэллону, Фэллоном"]) == [[UNKNOWN, UNKNOWN]]
    assert columns_of_each(compile_forms(["фэллон"], tokenize("Фэллону")), ["Фэллону, Фэллоном"]) == [[0, 0]]


def test_a_word_known_to_be_unknown_is_not_taken_for_a_form(monkeypatch):
    """With hashes of 6 bits, nearly any 20 words have two of the same hash."""

    def short(hash_words):
        return lambda octets, starts, stops, salt: hash_words(octets, starts, stops, salt) & np.uint64(0x3F)

    monkeypatch.setattr(module, "hash_words", short(module.hash_words))
    words = [f"слово{number}".encode("cp1251") for number in range(20)]
    forms = Forms.compile({word: place % 2 - 1 for place, word in enumerate(words)})
    assert forms.salt > 0 and len(forms) == 10
    assert columns_of_each(forms, [b" ".join(words).decode("cp1251")]) == [[UNKNOWN, 0] * 10]


def test_more_forms_leave_the_old_ones_as_they_are(forms):
    more = forms.extend({to_token(form): len(WORDS) for form in inflect("рыба")})
    assert columns_of_each(more, ["В суде рыбу, с-400"]) == [[-3, 0, 8, 4]]
    assert columns_of_each(forms, ["рыбу"]) == [[UNKNOWN]]
    assert len(more) == len(forms) + len(inflect("рыба"))


def test_columns_take_as_many_bytes_as_they_need():
    for column, width in ((0, 1), (254, 1), (255, 2), (65_534, 2), (65_535, 3), (1_000_000, 3)):
        forms = Forms.compile({b"f": column, b"o": NO_LEMMA})
        assert forms.columns.shape == (2, width)
        assert columns_of_each(forms, ["f o x"]) == [[column, NO_LEMMA, UNKNOWN]]


def test_no_form_at_all_is_a_table_too():
    assert columns_of_each(Forms.compile({}), ["суд 1"]) == [[UNKNOWN, NO_LEMMA]]


def test_a_pickle_does_not_contain_the_table(forms):
    before = pickle.dumps(Forms(forms.buckets, forms.rests, forms.columns, forms.salt))
    forms.columns_of(["суд"])
    assert pickle.dumps(forms) == before
    assert columns_of_each(pickle.loads(before), ["суд"]) == [[0]]


def test_hashes_that_someone_has_made_alike_are_refused():
    buckets = np.zeros(1 << 16, np.uint16)
    buckets[7] = 5000
    rests = module._to_bytes(np.arange(5000), 3)
    forms = Forms(buckets, rests, np.zeros((5000, 1), np.uint8))
    with pytest.raises(Error, match="too many word forms have hashes that are alike"):
        forms.columns_of(["суд"])


def test_a_word_is_looked_for_no_farther_than_forms_are_from_their_slots():
    """Of 60,000 forms that someone has put side by side, none is beside its slot."""
    hashes = np.arange(60_000, dtype=np.uint64) << np.uint64(23)
    forms = Forms._of_hashes(hashes, np.zeros(60_000, np.int32), 0)
    assert forms._table[2] == 0
    assert forms._look_up(hashes[:5] + np.uint64(1)).tolist() == [UNKNOWN] * 5
    assert forms._look_up(hashes[-5:]).tolist() == [0] * 5


def test_function_words_have_no_lemma():
    words = function_words()
    assert {"и", "на", "для", "они"} <= words and len(words) > 600
    assert {lemma_of(word) for word in words} == {""}


def test_an_inflection_leads_back_to_its_lemma():
    assert {"шел", "иду", "шедшими", "идти"} <= inflect("идти")
    assert inflect("фэллон") == set() and {"фэллону", "фэллоном"} <= inflect("фэллон", "фэллону")
    assert inflect("f-16") == {"f-16"} and inflect("с-400") == {"с-400"}
    assert all(lemma_of(form) == "поставка" for form in inflect("поставка"))


def test_equal_words_give_equal_tables_in_whatever_order_they_come(small):
    tokens = [token for text in small.texts for token in tokenize(text)]
    one, other = (compile_forms(WORDS, order) for order in (tokens, tokens[::-1]))
    assert pickle.dumps(one) == pickle.dumps(other)
