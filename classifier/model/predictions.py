"""What a model says about a batch of texts, as arrays, and as the columns that users see."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from classifier.topics import NameKind, topic_name

if TYPE_CHECKING:  # the command imports this module for its help, which must not wait for NumPy
    from classifier.arrays import Float64Array, IndicatorArray

Mode = Literal["balanced", "sure", "complete"]
# What the log-odds of each topic's threshold are raised by. What each mode gives: tests/benchmarks/quality.md.
MODES: dict[Mode, float] = {"balanced": 0.0, "sure": 1.0, "complete": -1.0}
NOT_RUSSIAN, NO_WORDS = "not Russian", "no words"  # notes on texts that cannot be judged
NOTES = ("", NOT_RUSSIAN, NO_WORDS)
RESERVED = ("topics", "probabilities", "names", "note")  # columns of every answer


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says about some texts.

    Attributes
    ----------
    classes
        Topic ids, in the order of the columns below.
    probabilities
        Calibrated probability of each topic, (texts, topics).
    y_pred
        1 where a text gets a topic, (texts, topics).
    notes
        Why a text could not be judged: ``not Russian`` or ``no words``; empty if it could.
    """

    classes: list[str]
    probabilities: "Float64Array"
    y_pred: "IndicatorArray"
    notes: list[str]

    def __len__(self) -> int:
        return len(self.notes)

    def ranked(self) -> list[list[int]]:
        """Return the columns of the topics of each text, most probable first."""
        from classifier.model.thresholds import rank_topics

        return rank_topics(self.probabilities, self.y_pred)

    def columns(
        self, names: NameKind | None = None, *, all_topics: bool = False, digits: int | None = None
    ) -> dict[str, list[Any]]:
        """Return the answer as named columns, a value for each text. Every output has this shape.

        Parameters
        ----------
        names
            Add the names of the topics of this kind.
        all_topics
            Add a column for each topic, named by its id, with its probability.
        digits
            Round probabilities to this many decimals; None: not at all.

        Returns
        -------
        dict
            ``topics``: list of ids, most probable first; ``probabilities``: theirs, in the same order; ``names`` if
            asked for; ``note``; then the topics if asked for.
        """
        probabilities = self.probabilities if digits is None else self.probabilities.round(digits)
        ranked = self.ranked()
        columns: dict[str, list[Any]] = {
            "topics": [[self.classes[column] for column in row] for row in ranked],
            "probabilities": [values[row].tolist() for values, row in zip(probabilities, ranked, strict=True)],
        }
        if names:
            labels = [topic_name(topic, names) for topic in self.classes]
            columns["names"] = [[labels[column] for column in row] for row in ranked]
        columns["note"] = self.notes
        if all_topics:
            columns |= zip(self.classes, probabilities.T.tolist(), strict=True)
        return columns
