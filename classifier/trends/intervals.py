"""Intervals of differences between shares."""

import numpy as np

from classifier.arrays import Float64Array
from classifier.evaluation.intervals import wilson


def difference(
    earlier: Float64Array, later: Float64Array, numbers: tuple[Float64Array, Float64Array], z: float
) -> tuple[Float64Array, Float64Array]:
    """Return the limits of ``later - earlier`` (Newcombe, 1998, method 10), from shares and numbers of articles."""
    low_1, high_1 = wilson(earlier, numbers[0], z)
    low_2, high_2 = wilson(later, numbers[1], z)
    change = later - earlier
    down = np.sqrt((later - low_2) ** 2 + (high_1 - earlier) ** 2)
    up = np.sqrt((high_2 - later) ** 2 + (earlier - low_1) ** 2)
    return change - down, change + up
