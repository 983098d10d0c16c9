"""Errors that give advice: one line that says what is wrong, where, and what to do about it."""

import signal


class Error(Exception):
    """A failed run: broken data, a damaged model, a full disk."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class UsageError(Error, ValueError):
    """Wrong use: the caller asked for something that does not exist or cannot be done."""

    exit_code = 2


def interruption_code(error: BaseException) -> int:
    """Return the exit code of a run that a signal has ended: 128 and the signal's number, which the interruption holds.

    A codec or click may have raised another one in its place.
    """
    found: BaseException | None = error
    while found is not None:
        if found.args and isinstance(found.args[0], int):
            return 128 + found.args[0]
        found = found.__cause__
    return 128 + signal.SIGINT


def one_line(message: str) -> str:
    r"""Replace characters that would break the line or control a terminal; file names may contain them.

    >>> one_line("no column 'a\n\x1b[31m'")
    "no column 'a  [31m'"
    """
    return "".join(character if character.isprintable() else " " for character in message)
