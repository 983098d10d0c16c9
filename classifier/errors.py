"""Errors that give advice: one line that says what is wrong, where, and what to do about it."""


class Error(Exception):
    """A failed run: broken data, a damaged model, a full disk."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class UsageError(Error, ValueError):
    """Wrong use: the caller asked for something that does not exist or cannot be done."""

    exit_code = 2


def one_line(message: str) -> str:
    r"""Replace characters that would break the line or control a terminal; file names may contain them.

    >>> one_line("no column 'a\n\x1b[31m'")
    "no column 'a  [31m'"
    """
    return "".join(character if character.isprintable() else " " for character in message)
