"""What a score means: log-odds by a curve of two slopes, and by the length of the text. Needs no scikit-learn."""

import numpy as np

from classifier.arrays import Float32Array, Float64Array

BEND = -2.0  # score at which a curve has its other slope
# A short text says less than its words promise: log-odds get nearer to zero, and a little higher. Measured with each
# outlet left out, on headlines (8 known words), headline with lead (50) and articles (tests/benchmarks/quality.md).
_WORDS = np.log([10, 25, 100])
_SHIFT, _SLOPE = (0.35, 0.05, 0.0), (0.77, 0.9, 1.0)


def sigmoid(log_odds: Float64Array) -> Float64Array:
    """Return the probabilities of log-odds."""
    with np.errstate(over="ignore"):  # exp(inf) is inf, as it should be
        return np.asarray(1 / (1 + np.exp(-log_odds)))


def bent(scores: Float64Array) -> Float64Array:
    """Return 1, the score, and how far it lies above `BEND`, (..., 3)."""
    return np.stack([np.ones_like(scores), scores, np.maximum(scores - BEND, 0)], axis=-1)


def log_odds(scores: Float64Array, curves: Float64Array, words: Float32Array) -> Float64Array:
    """Return the calibrated log-odds of scores, (texts, topics).

    A sigmoid alone says too little between 0.1 and 0.5, because scores of texts far from a topic spread differently
    from those near it. A second slope mends that; how well, tests/benchmarks/quality.md tells under Reliability.

    Parameters
    ----------
    scores
        (texts, topics).
    curves
        Constant, slope, and further slope above `BEND` of each topic, (topics, 3).
    words
        Known words of each text, (texts,).
    """
    plain = curves[:, 0] + curves[:, 1] * scores + curves[:, 2] * np.maximum(scores - BEND, 0)
    length = np.log(np.maximum(words, 1))
    shift, slope = (np.interp(length, _WORDS, values)[:, None] for values in (_SHIFT, _SLOPE))
    odds: Float64Array = shift + slope * plain
    return odds
