"""Which encoding the bytes of a text are in."""

import codecs
import warnings

from classifier.data.articles import Notice
from classifier.errors import Error

_RUSSIAN = ["cp1251", "koi8_r", "cp866"]  # what Russian texts use that are not Unicode


def detect_encoding(head: bytes, name: str) -> str:
    """Return the encoding of a text from its first bytes; a `Notice` tells the user if it is not UTF-8.

    Raises
    ------
    Error
        It is not text.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    encoding = _unmarked_utf16(head) if b"\0" in head else None
    if encoding is None and _is_utf8(head):
        return "utf-8-sig"
    encoding = encoding or _guess(head, name)
    warnings.warn(f"{name} is not UTF-8; read as {encoding}; if that is wrong, use --encoding", Notice, stacklevel=2)
    return encoding


def check_decoded(text: str, place: str, encoding: str) -> str:
    """Return a text that was decoded with surrogates for bad bytes; an `Error` names its first bad byte."""
    try:
        text.encode()
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


def _unmarked_utf16(head: bytes) -> str | None:
    """Recognize UTF-16 without a byte order mark: every second byte is 4 or 0, for Cyrillic and Latin letters."""
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if high.count(0) + high.count(4) > 0.9 * len(high):
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
