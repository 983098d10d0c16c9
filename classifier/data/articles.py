"""What an article is, and what a user may say about how articles are read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from classifier.errors import Error

STDIN = "-"
AT_RANDOM = "random"  # why an article was read, in the column "chosen" of labels
BATCH = 1000  # articles that are tagged together
MAX_LENGTH = 20_000_000  # characters of a text, a line or a record; "War and Peace" has 3 million
MAX_MESSAGES = 10  # records of a run whose errors are shown; the others are only counted


class Notice(UserWarning):
    """Something was assumed, and the user may want to know."""


class Article(NamedTuple):
    """An article: `text` begins with its headline, if it has one; `row` holds kept columns; `place` is for errors."""

    id: str
    text: str
    row: dict[str, Any]
    place: str
    headline: str = ""


class Columns(NamedTuple):
    """Names of the columns of an article, of columns to keep, and of columns to keep if they exist."""

    text: str = "text"
    title: str = "title"
    id: str = "id"
    source: str = "source"
    date: str = "date"
    keep: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadOptions:
    """How articles are read.

    Attributes
    ----------
    columns
        What the columns of tables are called.
    encoding
        Of text files; None: UTF-8, or UTF-16 if marked so, else the most likely Russian encoding, with a `Notice`.
    format
        An ending of `classifier.data.readers.READERS` without its dot, such as ``csv``; None: by the ending of the
        file, or for standard input by its first bytes.
    strict
        Stop at the first record that cannot be read, instead of leaving it out.
    """

    columns: Columns = Columns()  # noqa: RUF009  (it is immutable)
    encoding: str | None = None
    format: str | None = None
    strict: bool = False


class SkippedRecords:
    """Counts the records that could not be read, and keeps or reports the first few errors.

    Parameters
    ----------
    report
        Called with each of the first `MAX_MESSAGES` messages; None: they are only kept.
    """

    def __init__(self, report: Callable[[str], None] = lambda _: None) -> None:
        self.count = 0
        self.messages: list[str] = []
        self._report = report

    def __call__(self, error: Error) -> None:
        """Count one record."""
        self.add([str(error)], 1)

    def add(self, messages: Sequence[str], count: int) -> None:
        """Count some records, of which the first have messages."""
        for message in messages[: max(MAX_MESSAGES - len(self.messages), 0)]:
            self.messages.append(message)
            self._report(message)
        self.count += count


OnError = Callable[[Error], None]


def with_title(title: str | None, text: str | None) -> str:
    r"""Join headline and text to one string, as the model takes it. For a DataFrame: ``news.title + "\n" + news.text``.

    >>> with_title("Встреча в Дели", "Стороны обсудили поставки.")
    'Встреча в Дели\nСтороны обсудили поставки.'
    """
    return "\n".join(filter(None, (title, text)))


def as_string(value: Any, column: str, place: str) -> str:
    """Return a cell as a string, an empty one for a gap; an `Error` if it holds anything else."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise Error(f"{place}: {column!r} holds {type(value).__name__} {value!r:.40}, not a text")


def batched(articles: Iterable[Article], size: int = BATCH) -> Iterator[list[Article]]:
    """Yield lists of at most `size` articles, or fewer: a list ends when it has more than `MAX_LENGTH` characters."""
    batch: list[Article] = []
    length = 0
    for article in articles:
        batch.append(article)
        length += len(article.text)
        if len(batch) == size or length > MAX_LENGTH:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch
