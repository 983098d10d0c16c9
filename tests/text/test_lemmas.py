import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import pytest

from classifier.text import lemmas as module
from classifier.text.lemmas import MEMO, lemma_of, lemmatize
from classifier.text.tokens import decode, tokenize
from classifier.text.vocabulary import Vocabulary

OVERRIDES = [
    line.split("\t")
    for line in (files("classifier.text") / "lemma_overrides.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]

ENDINGS = [first + second for first in "аеиоуыэюя" for second in "бвг"] * 2


@pytest.mark.parametrize("form, lemma", OVERRIDES)
def test_an_override_replaces_the_analysis(form, lemma):
    assert lemma_of(form) == lemma


@pytest.mark.parametrize(
    "word",
    [
        *("втс", "впк", "опк", "мид", "оон", "нато", "шос", "еаэс", "сво"),
        *("с-400", "су-35", "f-16", "covid-19", "т-72б3", "g20"),
    ],
)
def test_abbreviations_and_names_with_numbers_stay_as_they_are(word):
    assert lemma_of(word) == word


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
        ("сизо", "сизо"),
    ],
)
def test_an_inflected_form_becomes_its_lemma(form, lemma):
    assert lemma_of(form) == lemma


@pytest.mark.parametrize("word", ["2017", "2017-2018", "-", "в", "между", "они", "же", "и"])
def test_numbers_and_function_words_have_no_lemma(word):
    assert lemma_of(word) == ""


def test_a_text_becomes_the_lemmas_of_its_words():
    expected = ["министр", "обсудить", "поставка", "с-400", "год"]
    assert lemmatize("Министры обсудили поставки С-400 в 2018 году") == expected


def test_every_form_is_analysed_once(monkeypatch):
    analysed = []
    monkeypatch.setattr(module, "lemma_of", lambda word: analysed.append(word) or "лемма")
    MEMO.clear()
    try:
        lemmatize("слово слову слово слову")
        assert analysed == ["слово", "слову"]
    finally:
        MEMO.clear()


def test_the_memo_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MEMO_SIZE", 10)
    MEMO.clear()
    for number in range(35):
        lemmatize(f"слово{number}")
    assert 0 < len(MEMO) <= 10


def test_many_threads_get_the_same_lemmas_as_one():
    text = " ".join(form for form, _ in OVERRIDES) + " министрами поставками договорённостях кораблестроителей"
    expected = [lemma for lemma in (lemma_of(decode(token)) for token in tokenize(text)) if lemma]
    MEMO.clear()
    with ThreadPoolExecutor(8) as pool:
        assert all(lemmas == expected for lemmas in pool.map(lemmatize, [text] * 64))


@pytest.mark.parametrize("word", ["небез" * 30 + "слово", "а" + "-то" * 500, "щ" * 41])
def test_a_run_of_more_than_forty_letters_is_no_word(word):
    assert lemma_of(word) == ""


@pytest.mark.timeout(10)  # 25 seconds, if every way to cut off the prefixes were analysed
def test_words_of_many_prefixes_take_no_long_time():
    for number in range(1000):
        assert lemma_of(f"недонебезнедонедонебезнебезнебезн{ENDINGS[number // 27 % 27]}{ENDINGS[number % 27]}")


def test_a_token_that_is_longer_than_a_word_is_not_kept():
    MEMO.clear()
    vocabulary = Vocabulary(["слово"])
    vocabulary.columns_of(["слово " + "щ" * 50_000])
    assert list(MEMO) == ["слово".encode("cp1251")] and len(vocabulary._columns) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_child_that_is_forked_while_a_thread_analyses_does_not_wait_for_it(monkeypatch):
    entered, release = threading.Event(), threading.Event()

    def slow(word):
        entered.set()
        release.wait(0.2)
        return word

    monkeypatch.setattr(module, "lemma_of", slow)
    MEMO.clear()
    thread = threading.Thread(target=lemmatize, args=["первый"])
    thread.start()
    entered.wait(10)
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # ends a child that waits for ever
        lemmatize("второй")
        os._exit(0)
    release.set()
    assert os.waitpid(child, 0)[1] == 0
    thread.join()
    MEMO.clear()
