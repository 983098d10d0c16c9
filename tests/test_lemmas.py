from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest

from classifier import lemmas as module
from classifier.lemmas import MEMO, lemmas, lemmatize
from classifier.text import tokens

MENDED = [
    line.split("\t")
    for line in (files("classifier") / "mended.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("form, lemma", MENDED)
def test_a_mended_form(form, lemma):
    assert lemmatize(form) == lemma


@pytest.mark.parametrize(
    "word",
    [
        "втс",
        "впк",
        "опк",
        "мид",
        "оон",
        "нато",
        "шос",
        "еаэс",
        "сво",
        "с-400",
        "су-35",
        "f-16",
        "covid-19",
        "т-72б3",
        "g20",
    ],
)
def test_abbreviations_and_names_with_numbers_survive(word):
    assert lemmatize(word) == word


@pytest.mark.parametrize(
    "form, lemma",
    [
        ("поставками", "поставка"),
        ("военно-технического", "военно-технический"),
        ("вице-премьеру", "вице-премьер"),
        ("учений", "учение"),
        ("людей", "человек"),
        ("елкой", "елка"),
        ("-слово-", "слово"),
    ],
)
def test_an_inflected_form_becomes_its_lemma(form, lemma):
    assert lemmatize(form) == lemma


@pytest.mark.parametrize("word", ["2017", "2017-2018", "-", "в", "между", "они", "же", "и"])
def test_numbers_and_function_words_are_no_evidence(word):
    assert lemmatize(word) == ""


def test_a_text_becomes_the_lemmas_of_its_words():
    assert lemmas("Министры обсудили поставки С-400 в 2018 году") == [
        "министр",
        "обсудить",
        "поставка",
        "с-400",
        "год",
    ]


def test_every_form_is_analysed_once(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "lemmatize", lambda word: asked.append(word) or "лемма")
    MEMO.clear()
    try:
        lemmas("слово слову слово слову")
        assert asked == ["слово", "слову"]
    finally:
        MEMO.clear()


def test_the_memo_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "FORMS", 10)
    MEMO.clear()
    for number in range(35):
        lemmas(f"слово{number}")
    assert 0 < len(MEMO) <= 10


def test_threads_get_the_lemmas_that_one_gets():
    text = " ".join(form for form, _ in MENDED) + " министрами поставками договорённостях кораблестроителей"
    expected = [lemmatize(token.decode("cp1251")) for token in tokens(text)]
    MEMO.clear()
    with ThreadPoolExecutor(8) as pool:
        assert all(got == list(filter(None, expected)) for got in pool.map(lemmas, [text] * 64))
