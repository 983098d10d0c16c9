"""Phrases in texts: forms of words, stars, sentence ends, and the places where they stand."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import UsageError
from classifier.text.phrases import PhraseMatcher, parse_phrase

WORDS = st.sampled_from(["ледокол", "Ледоколы", "морской", "морского", "путь", "и", "2024", "-", "г", "военно-морской"])
GAPS = st.sampled_from([" ", ", ", ". ", "\n", "\n\n", " «", "» — ", "! ", "\u00a0", " https://a.ru/б. "])
TEXTS = st.lists(st.tuples(WORDS, GAPS), max_size=12).map(lambda pairs: "".join(map("".join, pairs)))
HOSTILE = st.text(alphabet="Лледокол морсйпутьЁё́\u00ad\u200b中|*-.!\n\r «»\ud800\x00", max_size=60)
PHRASES = ["ледокол", "морской путь", "ледокол*", "ледокол и морской путь", "морской 2024", "военно-морской"]


def occurs(phrase, text):
    return bool(PhraseMatcher([phrase]).find([text])[0, 0])


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("Северный морской путь", "по СЕВЕРНОМУ морскому пути"),
        ("Северный морской путь", "по «Северному морскому» пути"),  # punctuation within a sentence does not matter
        ("газопровод «Северный поток»", "Газопроводы Северного потока"),
        ("Сергей Лавров", "Сергея - Лаврова"),
        ("посол Лавров", "Посол С. В. Лавров. Послу Лаврову"),
        ("ул. Ленина", "Дом на ул. Ленина"),  # an abbreviation ends no sentence
        ("ледокол*", "ледокольный флот"),
        ("атомн* ледокол*", "атомными ледоколами"),
        ("выборы 2024", "на выборах 2024"),
        ("война и мир", "«Войну и мир»"),
        ("ёлка", "Елки"),
        ("военный корабль", "Заголовок\nвоенный\nкорабль"),
    ],
)
def test_a_phrase_occurs_in_any_form_of_its_words(phrase, text):
    assert occurs(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("морской путь", "Он любил морской. Путь был долог"),  # another sentence
        ("морской путь", "Бой морской\nПуть домой"),  # the headline
        ("морской путь", "Заголовок\nмузей морской\n\nпуть домой"),  # another paragraph
        ("морской путь", "морской и путь"),
        ("выборы 2024", "на выборах 2025"),
        ("война и мир", "война за мир"),
        ("ледокол", "ледокольный"),
        ("ледокол*", "подледокол"),
    ],
)
def test_words_that_are_not_the_phrase_are_not_found(phrase, text):
    assert not occurs(phrase, text)


def test_a_phrase_does_not_reach_into_the_next_text():
    assert not PhraseMatcher(["морской путь"]).find(["бой морской", "путь домой"]).any()


@pytest.mark.parametrize("phrase", ["", "и", "2024", "— …", "中国"])
def test_a_phrase_needs_a_word_of_content(phrase):
    with pytest.raises(UsageError, match="add a word of content"):
        parse_phrase(phrase)


@pytest.mark.parametrize("phrase", ["*", "лед*кол", "ледокол *", "*кол", "а **", "_*"])
def test_a_star_stands_at_the_end_of_a_word(phrase):
    with pytest.raises(UsageError, match="at the end of a word"):
        parse_phrase(phrase)


def test_no_phrases_and_no_texts_are_answered_too():
    assert PhraseMatcher([]).find(["а"]).shape == (1, 0) and PhraseMatcher(PHRASES).find([]).shape == (0, 6)
    assert PhraseMatcher([]).spans("а") == []


def test_spans_are_the_places_of_the_phrases():
    text = "Путь\n\nПо «Северному» морскому пути, см. https://a.ru/путь. Ледоко\u0301лы - по морскому пути."
    found = PhraseMatcher(["морской путь", "ледокол*"]).spans(text)
    assert [[text[start:end] for start, end in spans] for spans in found] == [
        ["морскому пути", "морскому пути"],
        ["Ледоко\u0301лы"],
    ]


@given(st.lists(TEXTS | HOSTILE, max_size=4))
def test_a_batch_gets_the_answers_of_its_texts_and_every_occurrence_has_a_span(texts):
    matcher = PhraseMatcher(PHRASES)
    found = matcher.find(texts)
    for text, row in zip(texts, found, strict=True):
        spans = matcher.spans(text)
        np.testing.assert_array_equal(row, matcher.find([text])[0])
        assert [bool(places) for places in spans] == row.tolist()
        for places in spans:
            assert places == sorted(places) and all(text[a:b].strip() == text[a:b] != "" for a, b in places)
        assert all(re.match("(?i)[\u0301\u00ad\u200b]*л", text[a:b]) for a, b in spans[2])


def test_a_matcher_survives_pickling_and_a_small_memo(monkeypatch):
    monkeypatch.setattr("classifier.text.phrases.MEMO_SIZE", 2)
    matcher = PhraseMatcher(PHRASES)
    texts = ["Ледокол и морской путь в 2024", "военно-морской, ледоколы"]
    expected = [[1, 1, 1, 1, 0, 0], [1, 0, 1, 0, 0, 1]]
    assert matcher.find(texts).astype(int).tolist() == expected
    assert pickle.loads(pickle.dumps(matcher)).find(texts).astype(int).tolist() == expected
    assert len(matcher._patterns_of) <= 2


@pytest.mark.parametrize(
    "name, forms",
    [
        ("Шольц", "Шольц Шольца Шольцу Шольцем Шольце"),
        ("Лавров", "Лавров Лаврова Лаврову Лавровым Лаврове"),
        ("Белоусов", "Белоусов Белоусова Белоусову Белоусовым Белоусове"),
        ("Маск", "Маск Маска Маску Маском Маске"),
        ("Сергей Лавров", "Сергея_Лаврова Сергеем_Лавровым"),
    ],
)
def test_a_name_occurs_in_all_its_forms_also_those_that_look_like_other_words(name, forms):
    texts = [f"Об этом сообщили {form.replace('_', ' ')} и другие" for form in forms.split()]
    assert PhraseMatcher([name]).find(texts).all()
    assert all(spans for text in texts for spans in PhraseMatcher([name]).spans(text))


def test_an_ordinary_word_is_no_name():
    assert not PhraseMatcher(["лавровый лист"]).find(["Лавров лист перевернул"]).any()
