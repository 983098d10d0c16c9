"""Probabilities to decisions: pure functions on arrays."""

from itertools import pairwise
from numbers import Real
from typing import TypeVar

import numpy as np

from classifier.arrays import Float64Array, IndexArray, IndicatorArray
from classifier.errors import UsageError
from classifier.model.predictions import MODES, Mode

Value = TypeVar("Value")


def mode_thresholds(thresholds: Float64Array, mode: Mode | float) -> Float64Array:
    """Return the thresholds of a mode, (topics,): all shifted by the same log-odds, or one probability for all.

    Raises
    ------
    UsageError
        There is no such mode.
    """
    if isinstance(mode, Real) and not isinstance(mode, bool) and 0 < mode <= 1:
        return np.full_like(thresholds, mode)
    if not isinstance(mode, str) or mode not in MODES:
        raise UsageError(f"there is no mode {mode!r:.40}: take {', '.join(MODES)}, or a least probability such as 0.9")
    factor = np.exp(MODES[mode])
    shifted: Float64Array = thresholds * factor / (1 + thresholds * (factor - 1))
    return shifted


def choose_threshold(
    y_true: IndicatorArray, probabilities: Float64Array, sample_weight: Float64Array | None = None
) -> float:
    """Return the threshold of one topic: half of the best F1 that any threshold reaches.

    For calibrated probabilities, the threshold that maximizes F1 is half of the maximum (Lipton, Elkan and
    Naryanaswamy, 2014, arXiv:1402.1892). Half of the maximum is steadier for rare topics than the threshold at which
    the maximum was seen: the height of the F1 curve is far less noisy than the position of its peak. Each text counts
    `sample_weight` times, (texts,); None: once.

    >>> choose_threshold(np.array([1, 1, 0, 0]), np.array([0.9, 0.8, 0.3, 0.1]))
    0.5
    """
    weights = np.ones(len(y_true)) if sample_weight is None else sample_weight
    order = np.argsort(-probabilities, kind="stable")
    hits, predicted = np.cumsum((weights * y_true)[order]), np.cumsum(weights[order])
    return float((2 * hits / (predicted + hits[-1])).max() / 2)


def apply_thresholds(probabilities: Float64Array, thresholds: Float64Array) -> IndicatorArray:
    """Return 1 where a probability reaches its topic's threshold, else 0, (texts, topics)."""
    return (probabilities >= thresholds).astype(np.int8)


def rank_topics(probabilities: Float64Array, y_pred: IndicatorArray) -> list[list[int]]:
    """Return the columns of the topics of each text, most probable first."""
    rows, columns = given_topics(probabilities, y_pred)
    return split_rows(columns.tolist(), rows, len(y_pred))


def given_topics(probabilities: Float64Array, y_pred: IndicatorArray) -> tuple[IndexArray, IndexArray]:
    """Return the row and the column of each topic of each text, (topics given,): text by text, most probable first."""
    rows, columns = np.nonzero(y_pred)  # only these are sorted: one or two of 45
    return rows, columns[np.lexsort((-probabilities[rows, columns], rows))]


def split_rows(values: list[Value], rows: IndexArray, number: int) -> list[list[Value]]:
    """Return lists of the values that belong to each of a number of rows; `rows` tells the row of each, in order."""
    ends = np.bincount(rows, minlength=number).cumsum().tolist()
    return [values[start:end] for start, end in pairwise([0, *ends])]
