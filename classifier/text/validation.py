"""What counts as a list of texts."""

from collections.abc import Iterable, Mapping

from classifier.errors import UsageError


def check_texts(texts: Iterable[str]) -> list[str]:
    """Return a list of texts from a list, Series, array or generator of strings.

    Raises
    ------
    UsageError
        It is one string, a table, or holds something other than strings (None and NaN among them). It is a ValueError.
    """
    if isinstance(texts, str):
        raise UsageError("give a list of texts, not one string: [text]")
    if hasattr(texts, "columns"):
        raise UsageError("a DataFrame is not a list of texts: choose its column, for instance frame['text']")
    if isinstance(texts, Mapping):
        raise UsageError("a mapping is not a list of texts: give its values")
    texts = list(texts)
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"text {place} is {text!r:.60}, not a string; fill gaps first, for instance with ''")
    return texts
