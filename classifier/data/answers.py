"""Tagged articles, and what a user may say about how they are written. Every output has the same columns.

``id``, then the columns to keep, then those of `Predictions.columns`: ``topics``, ``probabilities``, ``origins`` if
rules or labels are used, ``names`` if asked for, ``note``, and a column for each topic if asked for. Probabilities are
rounded to four decimals. In JSON and Parquet topics, probabilities, origins and names are lists; in CSV they are
joined by ``;``. A topic that the model does not have has no probability: null, or in CSV nothing.
`classifier.tag_frame` gives the same columns without ``id``, ``origins`` and ``names``, for a frame has an index, and
without rounding.

A long answer has a row for each topic of an article: ``id``, the columns to keep, ``topic``, ``probability``,
``origin`` if rules or labels are used, ``name`` if asked for, and ``note``. An article without a topic has one row with
a gap for it. If all topics are asked for, each is a row, and ``given`` says whether the article gets it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from classifier.data.articles import Article
from classifier.errors import UsageError
from classifier.model.predictions import RESERVED, Mode, Predictions
from classifier.text.display import visible
from classifier.topics import NameKind, topic_name

DIGITS = 4
_LONG = ("topic", "probability", "origin", "name", "given", "note")


@dataclass(frozen=True, eq=False)
class TaggedBatch:
    """Some articles and what the model says about them."""

    articles: list[Article]
    predictions: Predictions

    def __len__(self) -> int:
        return len(self.articles)

    @classmethod
    def empty(cls, classes: Sequence[str]) -> "TaggedBatch":
        """Return a batch of no article, which shows the columns of an answer."""
        import numpy as np

        shape = (0, len(classes))
        return cls([], Predictions(list(classes), np.zeros(shape), np.zeros(shape, np.int8), []))

    @property
    def unjudged(self) -> int:
        """How many articles could not be judged."""
        return sum(map(bool, self.predictions.notes))

    def columns(self, options: "OutputOptions") -> dict[str, list[Any]]:
        """Return the answer as named columns, a value for each article, or in a long answer for each of its topics."""
        if options.long:
            return self._long_columns(options)
        kept = {name: [article.row[name] for article in self.articles] for name in options.keep}
        answers = self.predictions.columns(options.names, all_topics=options.all_topics, digits=DIGITS)
        return {"id": [article.id for article in self.articles], **kept, **answers}

    def ranked(self, options: "OutputOptions") -> list[list[int]]:
        """Return the columns of the topics of each article that are shown, most probable first."""
        return self.predictions.ranked(all_topics=options.all_topics)

    def _long_columns(self, options: "OutputOptions") -> dict[str, list[Any]]:
        predictions = self.predictions
        rows: list[tuple[int, int | None]] = []  # article, column of the topic
        for row, topics in enumerate(self.ranked(options)):
            rows += [(row, topic) for topic in topics] or [(row, None)]
        articles = [self.articles[row] for row, _ in rows]
        topics_of = [None if topic is None else predictions.classes[topic] for _, topic in rows]
        columns: dict[str, list[Any]] = {
            "id": [article.id for article in articles],
            **{name: [article.row[name] for article in articles] for name in options.keep},
            "topic": topics_of,
            "probability": [
                None if topic is None else predictions.probability(row, topic, DIGITS) for row, topic in rows
            ],
        }
        if options.origins:
            columns["origin"] = [None if topic is None else predictions.origin(row, topic) for row, topic in rows]
        if options.names:
            columns["name"] = [None if topic is None else topic_name(topic, options.names) for topic in topics_of]
        if options.all_topics:
            columns["given"] = [bool(predictions.y_pred[row, topic]) for row, topic in rows]
        columns["note"] = [predictions.notes[row] for row, _ in rows]
        return columns


Write = Callable[[TaggedBatch], None]


@dataclass(frozen=True)
class OutputOptions:
    """Which topics an article gets, and how they are written.

    Attributes
    ----------
    format
        One of ``table``, ``jsonl``, ``csv``, ``parquet``, ``xlsx``, ``ninjs``; None: by the ending of the file, a table
        on a terminal, JSON lines elsewhere.
    names
        Add the names of the topics of this kind.
    all_topics
        Add a column for each topic with its probability; in a long answer, a row.
    long
        Write a row for each topic of an article, instead of one for the article.
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
    long: bool = False
    keep: tuple[str, ...] = ()
    mode: Mode | float = "balanced"
    origins: bool = False

    def __post_init__(self) -> None:
        check_kept(self.keep, ("id", *(_LONG if self.long else RESERVED)))

    def check_topics(self, classes: Sequence[str]) -> None:
        """Refuse to keep a column that has the name of a topic's column: a `UsageError`."""
        if self.all_topics and not self.long:
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
