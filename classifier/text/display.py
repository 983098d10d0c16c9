"""Text that is safe to print."""

import re
from typing import TextIO

# Control characters except tab and line feed, direction marks and overrides, lone surrogates.
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Replace characters that control a terminal or reverse the direction of text by U+FFFD; offsets stay the same.

    >>> visible("a\x1b[31mb\u202ec\nd")
    'a�[31mb�c\nd'
    """
    return _CONTROL.sub("\ufffd", text)


class VisibleText:
    """A file for text that is written with `visible`."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write text, safe to print."""
        return self._file.write(visible(text))
