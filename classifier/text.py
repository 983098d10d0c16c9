"""Text to words: ``"Су-35 и С‑400 в Ёлкине"`` becomes ``су-35 и с-400 в елкине``.

A word is a run of letters, digits and hyphens, lower-cased, ё folded into е. Words are ``bytes`` in cp1251 because one
256-byte table then lower-cases, folds and separates at once: 14 million words a second against 4.4 for a compiled
regular expression. cp1251 holds Russian, Ukrainian, Belarusian, Bulgarian, Serbian and Macedonian Cyrillic and plain
Latin; 0.02 % of the characters of our news lie outside, most of them emoji, and `_outside` says what becomes of them.
"""

import codecs
import re
import unicodedata
from functools import lru_cache

ENCODING = "cp1251"
FOREIGN = b"\x98"  # the one byte that cp1251 leaves undefined: a letter of an alphabet it does not hold
_SOFT_HYPHEN = b"\xad"
_LINK = re.compile(r"https?://[^\s()<>\[\]\"']+")  # a literal start: 4 times as fast as any scheme
_WORD = re.compile(r"w(?:[wm.]*[wm])?")  # in a text of `_kind`s
# Control characters but for tab and line feed, marks and overrides of direction, lone surrogates.
_STEERING = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HYPHENS = "\u2010\u2011"  # hyphen, non-breaking hyphen


def encode(text: str) -> bytes:
    """Words of a text, parted by spaces, and nothing else; links are no words."""
    if "://" in text:
        text = _LINK.sub(" ", text)
    try:
        encoded = text.encode(ENCODING)  # succeeds only on characters that NFC leaves alone
    except UnicodeEncodeError:
        encoded = unicodedata.normalize("NFC", text).encode(ENCODING, "classifier.outside")
    return encoded.translate(_WORDS, _SOFT_HYPHEN)


def tokens(text: str) -> list[bytes]:
    """Words of a text in their order, as cp1251 bytes.

    >>> b" ".join(tokens("Пре\u00adмьер обсудил С\u2011400: «Все\u0301 ещё в силе».")).decode("cp1251")
    'премьер обсудил с-400 все еще в силе'
    """
    return encode(text).split()


def spans(text: str) -> list[tuple[int, int]]:
    """Where each of the `tokens` of a text begins and ends in it; stress marks belong to their letters.

    >>> text = "Су-35 и С\u2011400 — всё"
    >>> [text[start:end] for start, end in spans(text)]
    ['Су-35', 'и', 'С‑400', 'всё']
    """
    without_links = _LINK.sub(lambda link: " " * len(link[0]), text)
    kinds = "".join(_kind(character) for character in without_links)
    return [word.span() for word in _WORD.finditer(kinds)]


def visible(text: str) -> str:
    r"""The text with U+FFFD for what would steer a terminal or turn the order of letters round; offsets stay.

    >>> visible("a\x1b[31mb\u202ec\nd")
    'a�[31mb�c\nd'
    """
    return _STEERING.sub("\ufffd", text)


def with_title(title: str | None, text: str | None) -> str:
    r"""An article as one text: the title is its first line. Of a DataFrame: ``news.title + "\n" + news.text``.

    >>> with_title("Встреча в Дели", "Стороны обсудили поставки.")
    'Встреча в Дели\nСтороны обсудили поставки.'
    """
    return "\n".join(filter(None, (title, text)))


def decode(token: bytes) -> str:
    """A token as text; a letter outside cp1251 shows as U+FFFD."""
    return token.decode(ENCODING, "replace")


def _fold(character: str) -> str:
    """Lower-cased word character, or a space where words part."""
    if character.isalpha() or character.isdecimal() or character == "-":
        return character.lower().replace("ё", "е")
    return " "


@lru_cache(10_000)
def _kind(character: str) -> str:
    """``w`` for a character of words, ``m`` for a mark on one, ``.`` for what vanishes, a space where words part."""
    if words := encode(character):
        return " " if words.isspace() else "w"
    return "m" if unicodedata.combining(character) else "."


def _outside(error: UnicodeError) -> tuple[bytes, int]:
    """What stands for a run of characters that cp1251 lacks (a handler for `codecs.register_error`)."""
    assert isinstance(error, UnicodeEncodeError)  # the only kind that `str.encode` reports
    return b"".join(map(_nearest, error.object[error.start : error.end])), error.end


def _nearest(character: str) -> bytes:
    """Nothing for a stress mark or zero-width sign, the bare letter for é or ü, `FOREIGN` for ә or 中, else a space."""
    if character in _HYPHENS:
        return b"-"
    if unicodedata.category(character) in {"Mn", "Cf"}:
        return b""
    if not character.isalpha():
        return b" "
    bare = unicodedata.normalize("NFKD", character)[0]
    return bare.encode(ENCODING, "ignore") or FOREIGN


_WORDS = b"".join(
    FOREIGN if code == FOREIGN[0] else _fold(bytes([code]).decode(ENCODING)).encode(ENCODING) for code in range(256)
)
codecs.register_error("classifier.outside", _outside)
