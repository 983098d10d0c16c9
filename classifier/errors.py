"""What can go wrong, said as advice: one line that names the thing, the place and the way out."""


class Error(Exception):
    """A run that failed: broken data, a damaged model, a full disk."""

    exit_code = 1


class UsageError(Error):
    """Wrong use: something was asked for that is not there or cannot be done."""

    exit_code = 2
