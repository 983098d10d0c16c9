"""Intervals of shares: how far a share is from the truth by chance, and by the errors of the classifier."""

import numpy as np
from scipy.stats import norm

from classifier.arrays import Float64Array

LEVEL = 0.95  # of intervals


def quantile(level: float = LEVEL) -> float:
    """Return how many standard deviations an interval reaches to each side, 1.96 for 95 %."""
    return float(norm.ppf((1 + level) / 2))


def wilson(share: Float64Array, number: Float64Array, z: float) -> tuple[Float64Array, Float64Array]:
    """Return the limits of shares of so many independent articles (Wilson, 1927); NaN of no article.

    The limits lie within 0 and 1, and are right for rare topics too, where those of a bootstrap are far too narrow:
    tests/benchmarks/coverage.md compares them.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return wilson_limit(share, number, -z), wilson_limit(share, number, z)


def wilson_limit(share: Float64Array | float, number: Float64Array | float, z: Float64Array | float) -> Float64Array:
    """Return one limit of shares, `z` standard deviations away: the upper one, or if `z` is negative the lower one."""
    square = np.square(z)
    spread = z * np.sqrt(share * (1 - share) / number + square / (4 * np.square(number)))
    limit: Float64Array = np.clip((share + square / (2 * number) + spread) / (1 + square / number), 0, 1)
    return limit


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
