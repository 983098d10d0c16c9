"""Probabilities to yes or no: pure functions on arrays."""

import numpy as np
from numpy.typing import NDArray


def choose(wanted: NDArray[np.int8], probabilities: NDArray[np.float64]) -> float:
    """Threshold of one topic: half of the best F1 that any cut of its calibrated probabilities reaches.

    For calibrated probabilities the cut that maximizes F1 is half of that maximum (Lipton, Elkan and Naryanaswamy,
    2014, arXiv:1402.1892). Taking half of the maximum, and not the cut where it was seen, steadies rare topics: the
    height of the F1 curve is far less noisy than the place of its top.

    >>> choose(np.array([1, 1, 0, 0]), np.array([0.9, 0.8, 0.3, 0.1]))
    0.5
    """
    hits = np.cumsum(wanted[np.argsort(-probabilities, kind="stable")])
    tagged = np.arange(1, len(wanted) + 1)
    return float((2 * hits / (tagged + wanted.sum())).max() / 2)


def apply(probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]) -> NDArray[np.int8]:
    """Indicator array: 1 where a probability reaches its topic's threshold."""
    return (probabilities >= thresholds).astype(np.int8)


def ranked(probabilities: NDArray[np.float64], thresholds: NDArray[np.float64]) -> list[list[int]]:
    """Columns of each row that reach their thresholds, most probable first."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    given = np.take_along_axis(apply(probabilities, thresholds), order, axis=1).astype(bool)
    return [row[mask].tolist() for row, mask in zip(order, given, strict=True)]
