"""Labels and predictions to tables of scores. Arrays and DataFrames only; no model appears here."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from classifier.arrays import Float64Array, IndexArray, IndicatorArray
from classifier.topics import AVERAGES

BINS = 10  # of equal width, for reliability


def by_topic(
    y_true: IndicatorArray, y_pred: IndicatorArray, probabilities: Float64Array, topics: Sequence[str]
) -> pd.DataFrame:
    """Return scores per topic and their averages.

    Parameters
    ----------
    y_true, y_pred
        Indicator arrays (texts, topics).
    probabilities
        (texts, topics).
    topics
        Names of the columns.

    Returns
    -------
    DataFrame
        Indexed by topic, then `AVERAGES`; columns ``precision``, ``recall``, ``f1``, ``support`` (texts that have the
        topic), ``average_precision``. Macro is the mean over topics with support; samples is the mean over texts, where
        a text that rightly gets no topic counts as 1.
    """
    supported = np.flatnonzero(y_true.sum(axis=0))
    rows = {}
    per_topic = _scores(y_true, y_pred, average=None, zero_division=0)
    for column, (topic, *values) in enumerate(zip(topics, *per_topic, strict=False)):
        known = column in supported
        ranking = average_precision_score(y_true[:, column], probabilities[:, column]) if known else np.nan
        rows[topic] = [*values, ranking]
    for average in AVERAGES:
        columns = supported if average == "macro" else np.arange(len(topics))
        if average == "macro":
            values = list(np.mean([rows[topics[int(column)]][:3] for column in columns], axis=0))
        else:
            zero_division = 1.0 if average == "samples" else 0.0
            values = list(_scores(y_true, y_pred, average=average, zero_division=zero_division)[:3])
        ranking = _average_precision(y_true[:, supported], probabilities[:, supported], average)
        rows[average] = [*values, y_true.sum(), ranking]
    names = ["precision", "recall", "f1", "support", "average_precision"]
    report = pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("topic")
    return report.astype({"support": int})


def _scores(y_true: IndicatorArray, y_pred: IndicatorArray, **options: Any) -> Any:
    """Return precision, recall, F1 and support; a column is added, for scikit-learn takes a single one for binary."""
    pair = [np.pad(labels, ((0, 0), (0, 1))) for labels in (y_true, y_pred)]
    return precision_recall_fscore_support(*pair, **options)


def by_group(y_true: IndicatorArray, y_pred: IndicatorArray, groups: Sequence[str]) -> pd.DataFrame:
    """Return scores per group of texts; `groups` names the group of each text.

    Returns
    -------
    DataFrame
        Indexed by group, sorted; columns ``articles``, ``topics`` (labels of all of them), and micro-averaged
        ``precision``, ``recall`` and ``f1``, NaN where there is nothing to divide by.
    """
    rows = {}
    for group in sorted(set(groups)):
        chosen = np.array(groups) == group
        scores = _scores(y_true[chosen], y_pred[chosen], average="micro", zero_division=np.nan)[:3]
        rows[group] = [chosen.sum(), y_true[chosen].sum(), *scores]
    names = ["articles", "topics", "precision", "recall", "f1"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).astype({"articles": int, "topics": int})


def reliability(y_true: IndicatorArray, probabilities: Float64Array) -> pd.DataFrame:
    """Return how often topics of a probability are right, over all topics together.

    Returns
    -------
    DataFrame
        A row for each of ten bins of equal width that is not empty, indexed by its lower end; columns ``tags`` (number
        of probabilities in it), ``probability`` (their mean) and ``right`` (share that is right).
    """
    table = pd.DataFrame({"probability": probabilities.ravel(), "right": y_true.ravel()})
    bins = table.groupby(_bins(table.probability.to_numpy()) / BINS)
    return pd.DataFrame({"tags": bins.size(), **bins.mean()}).rename_axis("from")


def calibration_error(y_true: IndicatorArray, probabilities: Float64Array) -> Float64Array:
    """Return the expected calibration error of each topic, (topics,).

    It is the mean distance of ten bins of equal width from the diagonal, weighted by their sizes (Naeini, Cooper
    and Hauskrecht, 2015, Obtaining well calibrated probabilities using Bayesian binning).
    """
    gaps = [
        np.bincount(_bins(column), truth - column, BINS)
        for truth, column in zip(y_true.T, probabilities.T, strict=True)
    ]
    return np.asarray(np.abs(gaps).sum(axis=1) / len(y_true))


def confusions(y_true: IndicatorArray, y_pred: IndicatorArray, topics: Sequence[str]) -> pd.DataFrame:
    """Return how often a topic (row) was missed on a text that wrongly got another one (column)."""
    missed, wrong = y_true * (1 - y_pred), y_pred * (1 - y_true)
    return pd.DataFrame(missed.T.astype(int) @ wrong, list(topics), list(topics))


def cooccurrence(y_true: IndicatorArray, topics: Sequence[str]) -> pd.DataFrame:
    """Return how many texts have both topics; on the diagonal, how many have the topic."""
    return pd.DataFrame(y_true.T.astype(int) @ y_true, list(topics), list(topics))


def pairs(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the cells off the diagonal of a matrix over topics, largest first: ``topic``, ``other``, ``texts``."""
    values = matrix.to_numpy() * (1 - np.eye(len(matrix), dtype=int))
    row, column = np.nonzero(values)
    cells = {"topic": matrix.index[row], "other": matrix.columns[column], "texts": values[row, column]}
    return pd.DataFrame(cells).sort_values("texts", ascending=False, kind="stable", ignore_index=True)


def mistakes(
    y_true: IndicatorArray, y_pred: IndicatorArray, probabilities: Float64Array, topics: Sequence[str]
) -> pd.DataFrame:
    """Return the wrong tags, the most confident first.

    Returns
    -------
    DataFrame
        Columns ``text`` (its row), ``topic``, ``y_true`` (1: missed, 0: given wrongly) and ``probability``.
    """
    text, topic = np.nonzero(y_true != y_pred)
    table = pd.DataFrame(
        {
            "text": text,
            "topic": np.array(topics, dtype=object)[topic],
            "y_true": y_true[text, topic],
            "probability": probabilities[text, topic],
        }
    )
    return table.iloc[np.argsort(-np.abs(table.y_true - table.probability), kind="stable")].reset_index(drop=True)


def _bins(probabilities: Float64Array) -> IndexArray:
    return np.asarray(np.minimum((probabilities * BINS).astype(int), BINS - 1))


def _average_precision(y_true: IndicatorArray, probabilities: Float64Array, average: str) -> float:
    if average == "samples":  # undefined for a text without topics
        some = y_true.any(axis=1)
        y_true, probabilities = y_true[some], probabilities[some]
    return float(average_precision_score(y_true, probabilities, average=average)) if y_true.size else np.nan
