"""Which encoding the bytes of a text are in."""

import codecs

from classifier.errors import Error

_RUSSIAN = ["cp1251", "koi8_r", "cp866"]  # what Russian texts use that are not Unicode
_MARKS = {  # that Unicode texts may start with; the first two bytes of UTF-32 are those of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = {  # bytes of a character, place of its last byte, place of the byte before that
    "utf-16-le": (2, 0, 1),
    "utf-16-be": (2, 1, 0),
    "utf-32-le": (4, 0, 1),
    "utf-32-be": (4, 3, 2),
}


def detect_encoding(head: bytes, name: str) -> str:
    """Return the encoding of a text from its first bytes.

    Raises
    ------
    Error
        It is not text.
    """
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    wide = _unmarked(head) if b"\0" in head else None
    if wide is not None:
        return wide
    if _is_utf8(head) and head.count(0) <= len(head) // 10:
        return "utf-8-sig"
    return _guess(head, name)


def is_marked(encoding: str) -> bool:
    """Whether an encoding that was detected is beyond doubt."""
    return encoding == "utf-8-sig" or encoding in _MARKS.values()


def is_text_encoding(name: str) -> bool:
    """Whether Python knows an encoding of this name for texts; it knows others, such as ``rot13`` and ``zip``."""
    try:
        return isinstance(b"a".decode(name, "surrogateescape"), str)
    except UnicodeDecodeError:  # half a character in UTF-16
        return True
    except (LookupError, ValueError):  # ValueError: an encoding of host names, which cannot mark what it does not know
        return False


def check_decoded(text: str, place: str, encoding: str) -> str:
    """Return a text that was decoded with surrogates for bad bytes; an `Error` names its first bad byte."""
    try:
        text.encode("utf-16-le")  # three times as fast as UTF-8
    except UnicodeEncodeError as error:
        byte = ord(text[error.start]) - 0xDC00
        raise Error(
            f"{place} is not valid {encoding.removesuffix('-sig')}: byte 0x{byte:02x} at character {error.start + 1}; "
            "if it has another encoding, name it with --encoding"
        ) from error
    return text


def _is_utf8(head: bytes) -> bool:
    """Whether all but a few bytes are UTF-8; of Russian in another encoding, hardly a letter is."""
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(head)  # the last letter may be cut
    beyond_ascii = len(decoded) - len(decoded.encode("ascii", "ignore"))
    return decoded.count("\ufffd") <= beyond_ascii // 20


def _unmarked(head: bytes) -> str | None:
    """Recognize UTF-16 and UTF-32 without a mark: a letter is 4 and a byte, or 0 and a byte that is not 0."""
    for encoding, (width, last, other) in _WIDE.items():
        high, low = head[other::width], head[last::width]
        if high.count(0) + high.count(4) > 0.9 * len(high) and low.count(0) < 0.1 * len(low):
            return encoding
    return None


def _guess(head: bytes, name: str) -> str:
    """Return the most likely encoding of a text that is not Unicode."""
    if b"\0" in head:
        raise Error(f"{name} is not text: it holds zero bytes, as pictures and office documents do")
    from charset_normalizer import from_bytes

    guess = from_bytes(head, cp_isolation=_RUSSIAN).best()
    if guess is None:
        raise Error(f"{name} is not text in UTF-8 or a Russian encoding; name one with --encoding")
    return guess.encoding
