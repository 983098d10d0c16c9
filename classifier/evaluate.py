"""Truth and predictions to tables of scores. Arrays and DataFrames only: no model is known here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

AVERAGES = ["micro", "macro", "samples"]


def by_topic(
    wanted: NDArray[np.int8],
    given: NDArray[np.int8],
    probabilities: NDArray[np.float64],
    topics: Sequence[str],
) -> pd.DataFrame:
    """Scores per topic and their averages.

    Parameters
    ----------
    wanted, given
        Indicator arrays (texts, topics): the truth and the prediction.
    probabilities
        Array (texts, topics).
    topics
        Names of the columns.

    Returns
    -------
    DataFrame
        Indexed by topic, then `AVERAGES`; columns ``precision``, ``recall``, ``f1``, ``support`` (texts that have the
        topic), ``average_precision``. Macro is the plain mean over topics with support; samples is the mean over texts,
        where a text that rightly got no topic counts as 1.
    """
    present = np.flatnonzero(wanted.sum(axis=0))
    rows = {}
    scores = precision_recall_fscore_support(wanted, given, average=None, zero_division=0)
    for column, (topic, *values) in enumerate(zip(topics, *scores, strict=True)):
        found = column in present
        precision = average_precision_score(wanted[:, column], probabilities[:, column]) if found else np.nan
        rows[topic] = [*values, precision]
    for average in AVERAGES:
        columns = present if average == "macro" else np.arange(len(topics))
        kind = {"average": average, "zero_division": 1.0 if average == "samples" else 0.0}
        values = precision_recall_fscore_support(wanted[:, columns], given[:, columns], **kind)[:3]
        precision = _average_precision(wanted[:, present], probabilities[:, present], average)
        rows[average] = [*values, wanted.sum(), precision]
    names = ["precision", "recall", "f1", "support", "average_precision"]
    report = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("topic")
    return report.astype({"support": int})


def _average_precision(wanted: NDArray[np.int8], probabilities: NDArray[np.float64], average: str) -> float:
    if average == "samples":  # undefined for a text without topics
        some = wanted.any(axis=1)
        wanted, probabilities = wanted[some], probabilities[some]
    return float(average_precision_score(wanted, probabilities, average=average)) if wanted.size else np.nan
