"""Truth and predictions to tables of scores. Arrays and DataFrames only: no model is known here."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from classifier.thresholds import apply

Floats = NDArray[np.float64]
Indicator = NDArray[np.int8]
AVERAGES = ["micro", "macro", "samples"]
BINS = 10  # of equal width, for reliability


class Results(NamedTuple):
    """What a model says of labelled texts, and the truth.

    Attributes
    ----------
    topics
        Names of the columns.
    wanted
        Indicator array (texts, topics): the truth.
    probabilities
        Array (texts, topics).
    thresholds
        Probability from which a topic is given, (topics,).
    """

    topics: Sequence[str]
    wanted: Indicator
    probabilities: Floats
    thresholds: Floats

    @property
    def given(self) -> Indicator:
        """Indicator array (texts, topics): the prediction."""
        return apply(self.probabilities, self.thresholds)

    def scores(self) -> pd.DataFrame:
        """Scores per topic, as of `by_topic`."""
        return by_topic(self.wanted, self.given, self.probabilities, self.topics)


def by_topic(
    wanted: Indicator,
    given: Indicator,
    probabilities: Floats,
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


def by_group(wanted: Indicator, given: Indicator, groups: Sequence[str]) -> pd.DataFrame:
    """Scores by what `groups` says of each text.

    Returns
    -------
    DataFrame
        Indexed by group, sorted; columns ``articles``, ``topics`` (tags of the truth), and micro-averaged
        ``precision``, ``recall`` and ``f1``, NaN where there is nothing to divide by.
    """
    rows = {}
    for group in sorted(set(groups)):
        chosen = np.array(groups) == group
        kind = {"average": "micro", "zero_division": np.nan}
        scores = precision_recall_fscore_support(wanted[chosen], given[chosen], **kind)[:3]
        rows[group] = [chosen.sum(), wanted[chosen].sum(), *scores]
    names = ["articles", "topics", "precision", "recall", "f1"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).astype({"articles": int, "topics": int})


def reliability(wanted: Indicator, probabilities: Floats) -> pd.DataFrame:
    """How often a topic is right that has some probability, all topics together.

    Returns
    -------
    DataFrame
        A row for each of ten bins of equal width that is not empty, indexed by its lower end; columns ``tags`` (how
        many probabilities are in it), ``probability`` (their mean) and ``right`` (share that is wanted).
    """
    table = pd.DataFrame({"probability": probabilities.ravel(), "right": wanted.ravel()})
    bins = table.groupby(_bins(table.probability.to_numpy()) / BINS)
    return pd.DataFrame({"tags": bins.size(), **bins.mean()}).rename_axis("from")


def calibration_error(wanted: Indicator, probabilities: Floats) -> Floats:
    """Expected calibration error of each topic, (topics,).

    That is the mean distance of ten bins of equal width from the diagonal, weighted by what is in them (Naeini, Cooper
    and Hauskrecht, 2015, Obtaining well calibrated probabilities using Bayesian binning).
    """
    gaps = [
        np.bincount(_bins(column), truth - column, BINS)
        for truth, column in zip(wanted.T, probabilities.T, strict=True)
    ]
    return np.asarray(np.abs(gaps).sum(axis=1) / len(wanted))


def confusions(wanted: Indicator, given: Indicator, topics: Sequence[str]) -> pd.DataFrame:
    """How often a topic (row) was missed on a text that was given another (column) wrongly instead."""
    missed, wrong = wanted * (1 - given), given * (1 - wanted)
    return pd.DataFrame(missed.T.astype(int) @ wrong, list(topics), list(topics))


def cooccurrence(wanted: Indicator, topics: Sequence[str]) -> pd.DataFrame:
    """How many texts have both topics; on the diagonal, how many have the topic."""
    return pd.DataFrame(wanted.T.astype(int) @ wanted, list(topics), list(topics))


def pairs(matrix: pd.DataFrame) -> pd.DataFrame:
    """The largest cells off the diagonal of a matrix over topics: columns ``topic``, ``other`` and ``texts``."""
    values = matrix.to_numpy() * (1 - np.eye(len(matrix), dtype=int))
    row, column = np.nonzero(values)
    cells = {"topic": matrix.index[row], "other": matrix.columns[column], "texts": values[row, column]}
    return pd.DataFrame(cells).sort_values("texts", ascending=False, kind="stable", ignore_index=True)


def mistakes(results: Results) -> pd.DataFrame:
    """Wrong tags, the most confident first.

    Returns
    -------
    DataFrame
        Columns ``text`` (its row), ``topic``, ``wanted`` (1: missed, 0: given wrongly) and ``probability``.
    """
    text, topic = np.nonzero(results.wanted != results.given)
    table = pd.DataFrame(
        {
            "text": text,
            "topic": np.array(results.topics)[topic],
            "wanted": results.wanted[text, topic],
            "probability": results.probabilities[text, topic],
        }
    )
    return table.iloc[np.argsort(-np.abs(table.wanted - table.probability), kind="stable")].reset_index(drop=True)


def _bins(probabilities: Floats) -> NDArray[np.int64]:
    return np.asarray(np.minimum((probabilities * BINS).astype(int), BINS - 1))


def _average_precision(wanted: Indicator, probabilities: Floats, average: str) -> float:
    if average == "samples":  # undefined for a text without topics
        some = wanted.any(axis=1)
        wanted, probabilities = wanted[some], probabilities[some]
    return float(average_precision_score(wanted, probabilities, average=average)) if wanted.size else np.nan
