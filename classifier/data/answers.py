"""Tagged articles, and what a user may say about how they are written. Every output has the same columns.

``id``, then the columns to keep, then those of `Predictions.columns`: ``topics``, ``probabilities``, ``origins`` if
rules or labels are used, ``names`` if asked for, ``note``, and a column for each topic if asked for. Probabilities are
rounded to four decimals. In JSON and Parquet topics, probabilities, origins and names are lists; in CSV they are
joined by ``;``. A topic that the model does not have has no probability: null, or in CSV nothing.
`classifier.tag_frame` gives the same columns without ``id``, ``origins`` and ``names``, for a frame has an index, and
without rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from classifier.data.articles import Article
from classifier.errors import UsageError
from classifier.model.predictions import RESERVED, Mode, Predictions
from classifier.text.display import visible
from classifier.topics import NameKind

DIGITS = 4


@dataclass(frozen=True, eq=False)
class TaggedBatch:
    """Some articles and what the model says about them."""

    articles: list[Article]
    predictions: Predictions

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def unjudged(self) -> int:
        """How many articles could not be judged."""
        return sum(map(bool, self.predictions.notes))

    def columns(self, options: "OutputOptions") -> dict[str, list[Any]]:
        """Return the answer as named columns, a value for each article."""
        kept = {name: [article.row[name] for article in self.articles] for name in options.keep}
        answers = self.predictions.columns(options.names, all_topics=options.all_topics, digits=DIGITS)
        return {"id": [article.id for article in self.articles], **kept, **answers}


Write = Callable[[TaggedBatch], None]


@dataclass(frozen=True)
class OutputOptions:
    """Which topics an article gets, and how they are written.

    Attributes
    ----------
    format
        One of ``table``, ``jsonl``, ``csv``, ``parquet``; None: by the ending of the file, a table on a terminal, JSON
        lines elsewhere.
    names
        Add the names of the topics of this kind.
    all_topics
        Add a column for each topic with its probability.
    keep
        Columns of the input to copy.
    mode
        As in `TopicPredictor.tag`.
    origins
        There are rules or labels: add who gave each topic.
    """

    format: str | None = None
    names: NameKind | None = None
    all_topics: bool = False
    keep: tuple[str, ...] = ()
    mode: Mode | float = "balanced"
    origins: bool = False

    def __post_init__(self) -> None:
        check_kept(self.keep, ("id", *RESERVED))

    def check_topics(self, classes: Sequence[str]) -> None:
        """Refuse to keep a column that has the name of a topic's column: a `UsageError`."""
        if self.all_topics:
            check_topic_columns(classes, self.keep)


def check_kept(keep: Sequence[str], taken: Sequence[str]) -> None:
    """Refuse to keep columns whose names the answer uses itself: a `UsageError`."""
    for name in keep:
        if name in taken or keep.count(name) > 1:
            raise UsageError(f"cannot keep column {name!r}: the answer has a column of that name already")


def check_topic_columns(classes: Sequence[str], keep: Sequence[str]) -> None:
    """Refuse a column for each topic if a name would occur twice: a `UsageError`."""
    check_kept(keep, classes)
    for topic in classes:
        if topic in ("id", *RESERVED):
            raise UsageError(f"no column for each topic: topic {topic!r} has the name of another column")


def label(article: Article) -> str:
    """Return id and headline (or first words) of an article, on one line."""
    words = article.text[:400].strip().partition("\n")[0].split()
    return visible(f"{article.id}  {' '.join(words[:14])}")
