"""What one reader said about one article, as a file tells it."""

from typing import Any, NamedTuple

from classifier.data.readers.source import as_id
from classifier.errors import Error


class Row(NamedTuple):
    """An article in a file that came back.

    Attributes
    ----------
    article
        Its id.
    topics
        As they are written; None: it was not read.
    reader
        Name or number of the reader; an empty string if it is not told.
    chosen
        Why the article was chosen, if the file tells.
    place
        For messages.
    annotation
        The tool's own id of what the reader said, by which two exports of it are told to be one; or an empty string.
    """

    article: str
    topics: list[str] | None
    reader: str
    chosen: str
    place: str
    annotation: str = ""


def article_id(cell: Any, place: str) -> str:
    """Return the id of an article; an `Error` if there is none."""
    if isinstance(cell, dict | list) or not as_id(cell).strip():
        raise Error(f"{place} has no id of an article, by which topics could be joined to it")
    return as_id(cell)


def text_of(cell: Any) -> str:
    """Return a string as it is, and an empty one for anything else."""
    return as_id(cell) if isinstance(cell, str) else ""
