"""What can go wrong, said as advice: one line that names the thing, the place and the way out."""


class Error(Exception):
    """A run that failed: broken data, a damaged model, a full disk."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class UsageError(Error):
    """Wrong use: something was asked for that is not there or cannot be done."""

    exit_code = 2


def one_line(message: str) -> str:
    r"""A message without what would break its line or steer a terminal, such as a name from a stranger's file may hold.

    >>> one_line("no column 'a\n\x1b[31m'")
    "no column 'a  [31m'"
    """
    return "".join(character if character.isprintable() else " " for character in message)
