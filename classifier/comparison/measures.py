"""What is measured of an archive, and of each outlet left out in turn, which it is compared with."""

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from classifier.arrays import BoolArray, Float64Array, IndexArray
from classifier.errors import Error
from classifier.model.curves import sigmoid
from classifier.model.thresholds import apply_thresholds

# Of each measure: 1 if a higher one is worse, -1 if a lower one is, 0 if it is neither.
MEASURES = {"not_judged": 1, "unknown_words": 1, "no_topic": 1, "margin": -1, "expected_precision": -1, "words": 0}
# Only what is worse is called so: fewer articles without a topic, for one, are not better if their topics are wrong.
_PRECISION = "precision"  # of topics given, by what people say: of outlets, whose articles were read
_SHOWN = 3  # decimals: one article of 8,000 that cannot be judged, say, is not worse than none
_WITHIN, _WORSE = "within the range", "worse than any outlet tested"
_LOWER, _HIGHER = "lower than any outlet tested", "higher than any outlet tested"


class Totals(NamedTuple):
    """Sums over some articles; of parts of an archive they add up to those of the whole.

    Attributes
    ----------
    articles, judged
        All articles, and those that could be judged, which the others are about.
    words, known
        Words that are neither numbers nor function words, and those of them that the model knows.
    untagged
        Articles that get no topic.
    margins
        Sum of how far the log-odds of the surest topic of each article lie above those of its threshold.
    tags, certainty
        Topics given, and the sum of their probabilities.
    """

    articles: int = 0
    judged: int = 0
    words: int = 0
    known: int = 0
    untagged: int = 0
    margins: float = 0.0
    tags: int = 0
    certainty: float = 0.0

    @classmethod
    def of(
        cls, odds: Float64Array, thresholds: Float64Array, is_judged: BoolArray, words: IndexArray, known: IndexArray
    ) -> Self:
        """Return the totals of some articles.

        Parameters
        ----------
        odds
            Log-odds of each topic, (texts, topics).
        thresholds
            Probability from which a text gets a topic, (topics,).
        is_judged
            Whether each text can be judged, (texts,).
        words, known
            How many words each text has, and how many of them are known, (texts,).
        """
        odds = odds[is_judged]
        probabilities = sigmoid(odds)
        given = apply_thresholds(probabilities, thresholds) == 1
        margins = (odds - np.log(thresholds / (1 - thresholds))).max(axis=1, initial=-np.inf)
        return cls(
            len(is_judged),
            len(odds),
            int(words[is_judged].sum()),
            int(known[is_judged].sum()),
            int((~given.any(axis=1)).sum()),
            float(margins.sum()),
            int(given.sum()),
            float(probabilities[given].sum()),
        )

    def plus(self, other: Self) -> Self:
        """Return the totals of both parts."""
        return type(self)._make(one + two for one, two in zip(self, other, strict=True))

    def measures(self) -> dict[str, float]:
        """Return the value of each of `MEASURES`; NaN where there is nothing to measure on."""
        return {
            "not_judged": _ratio(self.articles - self.judged, self.articles),
            "unknown_words": _ratio(self.words - self.known, self.words),
            "no_topic": _ratio(self.untagged, self.judged),
            "margin": _ratio(self.margins, self.judged),
            "expected_precision": _ratio(self.certainty, self.tags),
            "words": _ratio(self.words, self.judged),
        }


def beside(measures: Mapping[str, float], reference: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Put the measures of an archive beside their range over outlets that a model has not seen.

    Parameters
    ----------
    measures
        As from `Totals.measures`.
    reference
        The same of each outlet; empty: there are none.

    Returns
    -------
    DataFrame
        By measure: ``archive``; ``low`` and ``high``, the ends of the range, with the outlets that have them,
        ``lowest`` and ``highest``; and ``place``, where the archive lies. Without a reference: NaN and empty strings.
    """
    rows = []
    for name, worse in MEASURES.items():
        values = {outlet: row[name] for outlet, row in reference.items() if name in row}
        low, high = (min(values.values()), max(values.values())) if values else (nan, nan)
        ends = [min(values, key=values.__getitem__), max(values, key=values.__getitem__)] if values else ["", ""]
        rows.append((measures[name], low, high, *ends, _place(measures[name], low, high, worse)))
    columns = ["archive", "low", "high", "lowest", "highest", "place"]
    return pd.DataFrame(rows, index=pd.Index(MEASURES, name="measure"), columns=columns)


def calibration_errors(reference: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return how far the expected precision was from the true one, by outlet, where the reference tells both."""
    return {
        outlet: abs(row["expected_precision"] - row[_PRECISION])
        for outlet, row in reference.items()
        if row.keys() >= {"expected_precision", _PRECISION}
    }


def _place(value: float, low: float, high: float, worse: int) -> str:
    """Say where a value lies beside a range, as far as the digits that are shown tell."""
    if not isfinite(value - low):
        return ""
    value, low, high = (round(number, _SHOWN) for number in (value, low, high))
    if low <= value <= high:
        return _WITHIN
    is_above = value > high
    if worse == (1 if is_above else -1):
        return _WORSE
    return _HIGHER if is_above else _LOWER


def check_reference(manifest: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return the reference that a manifest holds, empty if it holds none; an `Error` if it is malformed."""
    found = manifest.get("reference", {})
    try:
        return {
            str(outlet): {name: float(row[name]) for name in (*MEASURES, _PRECISION) if name in row}
            for outlet, row in found.items()
        }
    except (AttributeError, TypeError, ValueError) as error:
        problem = f"the reference in its manifest is not a number for each measure of each outlet ({error})"
        raise Error(f"the model is damaged: {problem}; fetch the folder again or train the model anew") from error


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else nan
