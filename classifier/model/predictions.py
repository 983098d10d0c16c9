"""What a model says about a batch of texts, as arrays, and as the columns that users see."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from math import isnan
from typing import TYPE_CHECKING, Any, Literal

from classifier.topics import NameKind, topic_name

if TYPE_CHECKING:  # the command imports this module for its help, which must not wait for NumPy
    from classifier.arrays import BoolArray, Float64Array, IndicatorArray

Mode = Literal["balanced", "sure", "complete"]
# What the log-odds of each topic's threshold are raised by. What each mode gives: tests/benchmarks/quality.md.
MODES: dict[Mode, float] = {"balanced": 0.0, "sure": 1.0, "complete": -1.0}
NOT_RUSSIAN, NO_WORDS = "not Russian", "no words"  # notes on texts that cannot be judged
NOTES = ("", NOT_RUSSIAN, NO_WORDS)
ORIGINS = ("model", "rule", "person")  # who gave a topic
MODEL, RULE, PERSON = range(len(ORIGINS))
RESERVED = ("topics", "probabilities", "origins", "names", "note")  # columns of every answer


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says about some texts, and what rules and people have made of it.

    Attributes
    ----------
    classes
        Topic ids, in the order of the columns below.
    probabilities
        Calibrated probability of each topic, (texts, topics); NaN for a topic that the model does not have.
    y_pred
        1 where a text gets a topic, (texts, topics).
    notes
        Why a text could not be judged: ``not Russian`` or ``no words``; empty if it could.
    origins
        Who gave each topic, as an index of `ORIGINS`, (texts, topics); None if there were neither rules nor labels.
    """

    classes: list[str]
    probabilities: "Float64Array"
    y_pred: "IndicatorArray"
    notes: list[str]
    origins: "IndicatorArray | None" = None

    def __len__(self) -> int:
        return len(self.notes)

    @property
    def has_probability(self) -> "BoolArray":
        """Whether the model has each topic, (topics,)."""
        import numpy as np

        return np.asarray(~np.isnan(self.probabilities).any(axis=0))

    def ranked(self, *, all_topics: bool = False) -> list[list[int]]:
        """Return the columns of the topics of each text, most probable first; or of all that the model has."""
        from classifier.model.thresholds import rank_topics

        shown = self.has_probability.astype(self.y_pred.dtype) | self.y_pred if all_topics else self.y_pred
        return rank_topics(self.probabilities, shown)

    def probability(self, row: int, column: int, digits: int | None = None) -> float | None:
        """Return the probability of a topic of a text, rounded if asked for; None if the model cannot tell it."""
        value = float(self.probabilities[row, column])
        if self.notes[row] or isnan(value):
            return None
        return value if digits is None else round(value, digits)

    def origin(self, row: int, column: int) -> str | None:
        """Return who gave a topic to a text; None if nobody did."""
        if not self.y_pred[row, column]:
            return None
        return ORIGINS[MODEL if self.origins is None else self.origins[row, column]]

    def with_origins(self, topics: Iterable[str] = ()) -> "Predictions":
        """Return a copy that tells the origins, with columns for more topics, which the model does not have."""
        import numpy as np

        new = [topic for topic in dict.fromkeys(topics) if topic not in self.classes]
        gap = ((0, 0), (0, len(new)))
        return Predictions(
            [*self.classes, *new],
            np.pad(self.probabilities, gap, constant_values=np.nan),
            np.pad(self.y_pred, gap),
            self.notes,
            np.pad(np.full_like(self.y_pred, MODEL) if self.origins is None else self.origins, gap),
        )

    def with_labels(self, labels: Mapping[int, Sequence[str]]) -> "Predictions":
        """Return a copy in which the texts at some places have the topics that a person gave them, and no others."""
        labelled = self.with_origins(topic for topics in labels.values() for topic in topics)
        assert labelled.origins is not None
        for row, topics in labels.items():
            columns = [labelled.classes.index(topic) for topic in topics]
            labelled.y_pred[row] = 0
            labelled.y_pred[row, columns] = 1
            labelled.origins[row, columns] = PERSON
        return labelled

    def only(self, topics: Collection[str]) -> "Predictions":
        """Return a copy without the columns of other topics."""
        columns = [column for column, topic in enumerate(self.classes) if topic in topics]
        return replace(
            self,
            classes=[self.classes[column] for column in columns],
            probabilities=self.probabilities[:, columns],
            y_pred=self.y_pred[:, columns],
            origins=None if self.origins is None else self.origins[:, columns],
        )

    def columns(
        self, names: NameKind | None = None, *, all_topics: bool = False, digits: int | None = None
    ) -> dict[str, list[Any]]:
        """Return the answer as named columns, a value for each text. Every output has this shape.

        Parameters
        ----------
        names
            Add the names of the topics of this kind.
        all_topics
            Add a column for each topic of the model, named by its id, with its probability.
        digits
            Round probabilities to this many decimals; None: not at all.

        Returns
        -------
        dict
            ``topics``: list of ids, most probable first; ``probabilities``: theirs, in the same order; ``origins``:
            theirs, if there were rules or labels; ``names`` if asked for; ``note``; then the topics if asked for. A
            topic has no probability (None), and stands last, if the model does not have it or cannot judge the text.
        """
        import numpy as np

        from classifier.model.thresholds import given_topics, split_rows

        # One array for all texts: lists of their own are made only of what is given, a topic or two of 45.
        rows, given = given_topics(self.probabilities, self.y_pred)
        probabilities = _rounded(self.probabilities[rows, given], digits).astype(object)
        probabilities[np.fromiter(map(bool, self.notes), bool)[rows] | np.isnan(self.probabilities[rows, given])] = None
        flat = {"topics": np.array(self.classes, object)[given], "probabilities": probabilities}
        if self.origins is not None:
            flat["origins"] = np.array(ORIGINS, object)[self.origins[rows, given]]
        if names:
            flat["names"] = np.array([topic_name(topic, names) for topic in self.classes], object)[given]
        columns: dict[str, list[Any]] = {
            name: split_rows(values.tolist(), rows, len(self)) for name, values in flat.items()
        }
        columns["note"] = self.notes
        if all_topics:
            every = zip(self.classes, _rounded(self.probabilities, digits).T.tolist(), strict=True)
            columns |= compress(every, self.has_probability)
        return columns


def _rounded(probabilities: "Float64Array", digits: int | None) -> "Float64Array":
    return probabilities if digits is None else probabilities.round(digits)
