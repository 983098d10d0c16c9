"""Words to lemmas: ``поставками`` becomes ``поставка``. The only module that imports pymorphy3.

A trained model knows the forms of its lemmas (`classifier.text.forms`) and needs none of this to predict. It serves to
learn a lexicon, to find new words while training, to match phrases, and as the analyzer of other vectorizers.

An analysis takes 12 microseconds, a dictionary look-up 0.08, and after 10,000 articles 97 % of the words of the next
one are known. So each process analyses a word form once and remembers the answer. The lemma of a form is a constant,
so the memo belongs to the module.
"""

import os
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from classifier.text.tokens import decode, tokenize

MEMO_SIZE = 400_000  # word forms; with a vocabulary's table 130 MB. 95,000 articles have 470,000
MAX_WORD = 40  # letters; the longest lemma of the shipped model has 31
_ENDINGS = 2 * MAX_WORD  # of the word that is analysed
_NAMES = {"Name", "Surn", "Patr", "Geox", "Orgn", "Trad"}  # grammemes of people, places, organizations and brands
_FUNCTION_WORDS = {"PREP", "CONJ", "PRCL", "NPRO", "INTJ"}  # parts of speech in pymorphy3 (OpenCorpora)


def lemmatize(text: str) -> list[str]:
    """Return the lemmas of a text in order, without numbers and function words, which tell nothing about its topic.

    It is an ``analyzer=`` for scikit-learn's vectorizers.

    >>> lemmatize("В 2017 году Индия получила С-400 по линии ВТС")
    ['год', 'индия', 'получить', 'с-400', 'линия', 'втс']
    """
    return [lemma for lemma in map(MEMO.__getitem__, tokenize(text)) if lemma]


def lemma_of(word: str) -> str:
    """Return the lemma of one lower-case word; an empty string for what is none.

    That are function words, words without a letter, and runs of more than `MAX_WORD` letters, at which pymorphy3 might
    work for hours.

    A form may belong to several lemmas. The answer is the lemma with the highest probability summed over its
    grammatical readings: for ``сизо`` that is ``сизо`` (0.92 in twelve cases), although the first reading, 0.08, says
    ``сизый``.

    >>> lemma_of("нашли"), lemma_of("f-16"), lemma_of("2017"), lemma_of("для")
    ('найти', 'f-16', '', '')
    """
    word = word.strip("-")
    if len(word) > MAX_WORD:
        return ""
    if word in _overrides():
        return _overrides()[word]
    if not word.isalpha():
        if not any(map(str.isalpha, word)):
            return ""
        if any(map(str.isdecimal, word)):
            return word
    return word if word.isascii() else _most_probable(word)


def inflect(lemma: str, form: str = "") -> set[str]:
    """Return the forms whose lemma it is, itself among them if it is its own lemma.

    A name that the dictionary lacks is inflected as its ending suggests, or the ending of another `form` of it: фэллон
    itself is taken for a form of фэллона, and фэллону is not. Ё is written as е.

    >>> sorted(inflect("индия"))
    ['индией', 'индии', 'индию', 'индия']
    """
    forms = {lemma}
    if not lemma.isascii():
        analyzer = _analyzer()
        with MEMO.lock:
            readings = [reading for reading in analyzer.parse(form or lemma) if reading[2].replace("ё", "е") == lemma]
            forms.update(other[0].replace("ё", "е") for reading in readings for other in analyzer.get_lexeme(reading))
            return {form for form in forms if lemma_of(form) == lemma}
    return forms


def inflect_name(word: str) -> set[str]:
    """Return all forms of what may be a name: of people, places and organizations, and of any word that is not known.

    Many forms of names have a lemma of their own, because they look like other words: лавровым, шольца.
    """
    if word.isascii():
        return set()
    analyzer = _analyzer()
    with MEMO.lock:
        is_new = not analyzer.word_is_known(word)
        names = [reading for reading in analyzer.parse(word) if is_new or _NAMES & reading[1].grammemes]
        return {form[0].replace("ё", "е") for reading in names for form in analyzer.get_lexeme(reading)}


def function_words() -> set[str]:
    """Return the function words of pymorphy3's dictionary, for which `lemma_of` gives nothing."""
    return set((files("classifier.text") / "function_words.txt").read_text(encoding="utf-8").split())


def _most_probable(word: str) -> str:
    """Return the most probable lemma over all readings of a word; an empty string for a function word."""
    readings = _analyzer().parse(word)
    if readings[0][1].POS in _FUNCTION_WORDS:
        return ""
    scores: dict[str, float] = defaultdict(float)
    for _, _, lemma, score, _ in readings:
        scores[lemma] += score
    return max(scores, key=scores.__getitem__).replace("ё", "е")


class _Memo(dict[bytes, str]):
    """Token to lemma; analyses a token when it is first looked up, and starts again when full.

    Tokens that are longer than words are not kept: memory is to have a limit too.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()  # threads must not share pymorphy3's analyzer
        if hasattr(os, "register_at_fork"):  # else a child that is forked while a thread holds the lock waits for ever
            os.register_at_fork(
                before=self.lock.acquire, after_in_parent=self.lock.release, after_in_child=self.lock.release
            )

    def __missing__(self, token: bytes) -> str:
        with self.lock:
            lemma = sys.intern(lemma_of(decode(token)))  # one string for all forms of a word
            if len(self) >= MEMO_SIZE:
                self.clear()
            if len(token) <= MAX_WORD:
                self[token] = lemma
        return lemma


MEMO = _Memo()


@cache
def _analyzer() -> Any:
    """Return pymorphy3's analyzer, whose readings are tuples of word, tag, lemma, score and methods.

    It is used without the units that never see a word here (numbers, initials, Latin) or guess by prefix. The
    former take 16 % of the time for a known word. Unknown words, mostly names, are then guessed by their ending alone.
    That takes two thirds of the time and gives ``хэштег`` for ``хэштегам`` and ``фэллон`` for ``фэллону``, which
    guesses by prefix get wrong.
    """
    from pymorphy3 import MorphAnalyzer, units  # 0.1 s with its dictionary
    from pymorphy3.lang.ru import KNOWN_PREFIXES, PARTICLES_AFTER_HYPHEN

    steps = [
        units.DictionaryAnalyzer(),
        units.HyphenSeparatedParticleAnalyzer(PARTICLES_AFTER_HYPHEN),
        units.HyphenAdverbAnalyzer(),
        units.HyphenatedWordsAnalyzer(skip_prefixes=KNOWN_PREFIXES),
        units.KnownPrefixAnalyzer(KNOWN_PREFIXES),
        units.KnownSuffixAnalyzer(),
        units.UnknAnalyzer(),
    ]
    analyzer = MorphAnalyzer(lang="ru", units=steps, result_type=None)
    parse: Callable[[str], list[Any]] = analyzer.parse
    # A unit that takes off a prefix has the rest analysed anew. Remembered, each ending of a word is analysed once, and
    # not once for each way to cut what stands before it, of which there are millions: не-без-небез-небез-слово.
    analyzer.parse = lru_cache(_ENDINGS)(parse)
    return analyzer


def override_forms() -> set[str]:
    """Return the forms that pymorphy3 gets wrong in news."""
    return set(_overrides())


@cache
def _overrides() -> dict[str, str]:
    """Return the forms that pymorphy3 gets wrong in news, with their lemmas, from ``lemma_overrides.tsv``."""
    lines = (files("classifier.text") / "lemma_overrides.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
