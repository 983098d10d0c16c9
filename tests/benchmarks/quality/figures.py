"""Figures of labels and predictions, with intervals of the bootstrap."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.evaluation.intervals import resamples
from tests.benchmarks.quality.materials import TOPICS

KEY = ["defense-cooperation", "diplomacy"]
NAMES = ["macro-F1", "micro-F1", "precision", "recall"]
Labels = NDArray[np.int8]
Floats = NDArray[np.float64]


def macro_f1(y_true: Labels, y_pred: NDArray) -> float:
    """Return the mean F1 of the topics that occur."""
    hits, sums = (y_true & y_pred).sum(axis=0), y_true.sum(axis=0) + y_pred.sum(axis=0)
    return float((2 * hits / np.maximum(sums, 1))[y_true.any(axis=0)].mean())


def figures(y_true: Labels, y_pred: Labels, key: Sequence[str] = KEY) -> dict[str, str]:
    """Return macro-F1, micro-F1, precision, recall and the F1 of key topics, with intervals of 95 %."""
    columns = [TOPICS.index(topic) for topic in key]
    found = with_interval(y_true, y_pred, columns)
    return {name: interval(*row) for name, row in zip([*NAMES, *key], found, strict=True)}


def interval(point: float, low: float, high: float) -> str:
    """Return a figure and its interval in words."""
    return f"{point:.3f} ({low:.3f} to {high:.3f})"


def with_interval(y_true: Labels, y_pred: Labels, columns: Sequence[int]) -> Floats:
    """Return the figures `NAMES` and the F1 of some columns, each with the ends of its interval, (figures, 3)."""
    counts = [matrix.astype(np.float32) for matrix in (y_true & y_pred, y_pred, y_true)]
    present = y_true.any(axis=0)
    point = _scores(np.ones((1, len(y_true)), np.float32), counts, present, columns)
    drawn = np.concatenate([_scores(times, counts, present, columns) for times in resamples(len(y_true))])
    return np.column_stack([point[0], *np.percentile(drawn, [2.5, 97.5], axis=0)])


def _scores(times: NDArray, counts: Sequence[NDArray], present: NDArray, columns: Sequence[int]) -> Floats:
    """Return the figures of samples, (samples, figures); `times` says how often each text was drawn."""
    hits, predicted, positive = ((times @ matrix).astype(float) for matrix in counts)
    f1 = 2 * hits / np.maximum(predicted + positive, 1)
    hit, given, right = (matrix.sum(axis=1) for matrix in (hits, predicted, positive))
    overall = [2 * hit / np.maximum(given + right, 1), hit / np.maximum(given, 1), hit / np.maximum(right, 1)]
    return np.column_stack([f1[:, present].mean(axis=1), *overall, *(f1[:, column] for column in columns)])
