"""Words to lemmas: ``поставками`` becomes ``поставка``. The only module that knows pymorphy3.

An analysis costs about 150 times a look-up in a dictionary (12 against 0.08 microseconds), and 97 % of the words of an
unseen article have been met after 10,000 articles. So every distinct form is analysed once per process and remembered.
The memo caches a pure function, hence it belongs to the module: models stay small and every model of a process shares
it.
"""

import sys
import threading
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from classifier.text import decode, tokens

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

FORMS = 400_000  # remembered at the most, 130 MB with a model's table; 95,000 articles have 470,000
_FUNCTION_WORDS = {"PREP", "CONJ", "PRCL", "NPRO", "INTJ"}  # pymorphy3's (OpenCorpora's) parts of speech


def lemmas(text: str) -> list[str]:
    """Lemmas of a text in their order, without bare numbers and function words, which are no evidence of a topic.

    >>> lemmas("В 2017 году Индия получила С-400 по линии ВТС")
    ['год', 'индия', 'получить', 'с-400', 'линия', 'втс']
    """
    return [lemma for lemma in map(MEMO.__getitem__, tokens(text)) if lemma]


def lemmatize(word: str) -> str:
    """Lemma of one lower-case word; empty for function words and for what holds no letter.

    A form may belong to several lemmas. The one taken is the most probable over all its grammatical readings together:
    for ``сизо`` that is ``сизо`` (0.92 in twelve cases) although its first reading, 0.08, says ``сизый``.

    >>> lemmatize("нашли"), lemmatize("f-16"), lemmatize("2017"), lemmatize("для")
    ('найти', 'f-16', '', '')
    """
    word = word.strip("-")
    if word in _mended():
        return _mended()[word]
    if not word.isalpha():
        if not any(map(str.isalpha, word)):
            return ""
        if any(map(str.isdecimal, word)):
            return word
    return word if word.isascii() else _most_probable(word)


def _most_probable(word: str) -> str:
    """The most probable lemma over all readings of a word; empty for a function word."""
    readings = _analyzer().parse(word)
    if readings[0][1].POS in _FUNCTION_WORDS:
        return ""
    scores: dict[str, float] = defaultdict(float)
    for _, _, lemma, score, _ in readings:
        scores[lemma] += score
    return max(scores, key=scores.__getitem__).replace("ё", "е")


class _Memo(dict[bytes, str]):
    """Token to lemma, filled on first sight, emptied when full."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # pymorphy3's analyzer is not safe to share between threads

    def __missing__(self, token: bytes) -> str:
        with self._lock:
            lemma = sys.intern(lemmatize(decode(token)))  # shared by the forms of a word
            if len(self) >= FORMS:
                self.clear()
            self[token] = lemma
        return lemma


MEMO = _Memo()


@cache
def _analyzer() -> "MorphAnalyzer":
    """Pymorphy3 without the units that never get a word here (numbers, initials, Latin) and without guesses by prefix.

    The former are 16 % of the time of a known word. Unknown words, names most of all, are guessed by their ending
    alone: in two thirds of the time, and ``хэштегам`` becomes ``хэштег``, ``фэллону`` ``фэллон``, which the guesses by
    prefix spoilt.
    """
    from pymorphy3 import MorphAnalyzer, units  # 0.1 s with its dictionary
    from pymorphy3.lang.ru import KNOWN_PREFIXES, PARTICLES_AFTER_HYPHEN

    ways = [
        units.DictionaryAnalyzer(),
        units.HyphenSeparatedParticleAnalyzer(PARTICLES_AFTER_HYPHEN),
        units.HyphenAdverbAnalyzer(),
        units.HyphenatedWordsAnalyzer(skip_prefixes=KNOWN_PREFIXES),
        units.KnownPrefixAnalyzer(KNOWN_PREFIXES),
        units.KnownSuffixAnalyzer(),
        units.UnknAnalyzer(),
    ]
    return MorphAnalyzer(lang="ru", units=ways, result_type=None)  # plain tuples: word, tag, lemma, score, way


@cache
def _mended() -> dict[str, str]:
    """Forms whose first parse is wrong in news, from ``mended.tsv``: form, lemma."""
    lines = (files("classifier") / "mended.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
