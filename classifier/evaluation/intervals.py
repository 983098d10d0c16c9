"""Intervals of scores and shares: how far they are from the truth by the chance of which articles were read."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from classifier.arrays import Float64Array, IndicatorArray

LEVEL = 0.95  # of intervals
SAMPLES = 1000  # of the bootstrap
_AT_ONCE = 100  # samples
Counts = NDArray[np.float64]


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


def resamples(articles: int) -> Iterator[NDArray[np.float32]]:
    """Yield batches of samples of the bootstrap: how often each article was drawn, (samples, articles)."""
    random = np.random.RandomState(0)
    for _ in range(SAMPLES // _AT_ONCE):
        drawn = [np.bincount(random.randint(articles, size=articles), minlength=articles) for _ in range(_AT_ONCE)]
        yield np.array(drawn, np.float32)


def score_limits(y_true: IndicatorArray, y_pred: IndicatorArray, topics: Sequence[str]) -> pd.DataFrame:
    """Return intervals of the scores that `metrics.by_topic` returns.

    Precision and recall are shares of tags, and their limits are those of Wilson. So are those of F1, which rises with
    the share ``hits / (given or right)`` (Lam, Gopal and Qian, 2023, Confidence intervals for the F1 score, Wilson
    indirect). They take tags for independent, though an article has several. Macro and samples are no shares: theirs
    are of a bootstrap over articles.

    Parameters
    ----------
    y_true, y_pred
        Indicator arrays (texts, topics).
    topics
        Names of the columns.

    Returns
    -------
    DataFrame
        Indexed by topic, then micro, macro and samples; columns ``precision_low``, ``precision_high``, and so on for
        ``recall`` and ``f1``. NaN where a score has nothing to divide by.
    """
    hits, given, right = _counts(y_true, y_pred)
    rows = np.concatenate(
        [
            _wilson_limits(hits, given, right),
            _wilson_limits(*(count.sum(keepdims=True) for count in (hits, given, right))),
            _bootstrap_limits(y_true, y_pred),
        ]
    )
    return pd.DataFrame(rows, [*topics, "micro", "macro", "samples"], _COLUMNS)


def group_limits(y_true: IndicatorArray, y_pred: IndicatorArray, groups: Sequence[str]) -> pd.DataFrame:
    """Return intervals of the scores that `metrics.by_group` returns, as `score_limits` does."""
    names, rows = np.array(groups), {}
    for group in sorted(set(groups)):
        counts = _counts(y_true[names == group], y_pred[names == group])
        rows[group] = _wilson_limits(*(count.sum(keepdims=True) for count in counts))[0]
    return pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS)


_COLUMNS = [f"{score}_{end}" for score in ("precision", "recall", "f1") for end in ("low", "high")]


def _counts(y_true: IndicatorArray, y_pred: IndicatorArray) -> tuple[Counts, Counts, Counts]:
    """Return how many tags of each topic are both, given, and right, (topics,) each."""
    hits, given, right = (labels.sum(axis=0).astype(float) for labels in (y_true & y_pred, y_pred, y_true))
    return hits, given, right


def _wilson_limits(hits: Counts, given: Counts, right: Counts) -> Float64Array:
    """Return the limits in the order of `_COLUMNS`, (topics, 6)."""
    limits: list[Float64Array] = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for number in (given, right, given + right - hits):
            limits += wilson(hits / number, number, quantile())
    limits[4:] = [2 * limit / (1 + limit) for limit in limits[4:]]
    return np.column_stack(limits)


def _bootstrap_limits(y_true: IndicatorArray, y_pred: IndicatorArray) -> Float64Array:
    """Return the limits of the macro and the samples average, (2, 6)."""
    labels = [matrix.astype(np.float32) for matrix in (y_true & y_pred, y_pred, y_true)]
    supported = y_true.any(axis=0)
    of_texts = _ratios(1, *(matrix.sum(axis=1, dtype=float) for matrix in labels)).astype(np.float32)
    drawn = []
    for times in resamples(len(y_true)):
        of_topics = _ratios(0, *((times @ matrix).astype(float) for matrix in labels))
        drawn.append([of_topics[..., supported].mean(axis=-1), (times @ of_texts.T).T / len(y_true)])
    samples = np.concatenate(drawn, axis=-1)  # (averages, scores, samples)
    return np.moveaxis(np.percentile(samples, [2.5, 97.5], axis=-1), 0, -1).reshape(2, 6)


def _ratios(empty: float, hits: Counts, given: Counts, right: Counts) -> Counts:
    """Return precision, recall and F1 along a new first axis; `empty` where there is nothing to divide by."""
    parts = ((hits, given), (hits, right), (2 * hits, given + right))
    return np.stack([np.where(whole > 0, part / np.maximum(whole, 1), empty) for part, whole in parts])
