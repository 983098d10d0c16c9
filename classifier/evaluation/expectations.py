"""What a model will do in an archive, and how far that is right, from the articles that somebody has read."""

from collections.abc import Container, Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from classifier.arrays import BoolArray, IndicatorArray
from classifier.data.articles import Article, batched
from classifier.model.predictor import TopicPredictor

_CONFIDENCE = 0.95


class Evidence(NamedTuple):
    """Articles that were read, and what models that did not see them say.

    Attributes
    ----------
    y_true
        Topics that people gave, (texts, topics).
    before, after
        Topics that the old model and the new one give, (texts, topics).
    is_old
        Whether the old model has the topic, (topics,).
    is_random
        Whether the article was chosen at random, (texts,).
    """

    y_true: IndicatorArray
    before: IndicatorArray
    after: IndicatorArray
    is_old: BoolArray
    is_random: BoolArray


class Expectations(NamedTuple):
    """What an extended model will do in the archive.

    Attributes
    ----------
    topics
        By topic: ``change`` (new or corrected), ``examples`` (articles read that have it), ``given`` (articles of the
        archive that get it), ``share`` (of the archive, in percent), ``expected_precision`` (what its probabilities
        say, of articles that nobody has read); ``random_given`` and ``random_right`` of the articles that were read at
        random, by models that did not see the article; ``low`` and ``high``, the limits of the precision that follow
        from these (95 %, Clopper and Pearson, 1934).
    articles, read, random
        How many articles the archive has, how many of them were read, and how many of these were chosen at random.
    f1
        Micro-F1 of the corrected topics on the latter, before and after; None: there is nothing to measure on.
    """

    topics: pd.DataFrame
    articles: int
    read: int
    random: int
    f1: tuple[float, float] | None


def expect(
    changed: TopicPredictor, evidence: Evidence, archive: Iterable[Article], read: Container[str] = ()
) -> Expectations:
    """Return what to expect of the topics of a model that are new or corrected.

    Parameters
    ----------
    changed
        The model of these topics.
    evidence
        About these topics, in this order.
    archive
        The articles of the archive.
    read
        Ids of those that were read: the model learned from them, so its probabilities are not asked there.
    """
    topics = changed.classes
    given, unread, certainty = (np.zeros(len(topics)) for _ in range(3))
    articles = 0
    for batch in batched(archive):
        tagged = changed.tag([article.text for article in batch])
        is_unread = np.array([article.id not in read for article in batch])
        given += tagged.y_pred.sum(axis=0)
        unread += tagged.y_pred[is_unread].sum(axis=0)
        certainty += (tagged.y_pred * tagged.probabilities)[is_unread].sum(axis=0)
        articles += len(batch)
    y_true, y_pred = evidence.y_true[evidence.is_random], evidence.after[evidence.is_random]
    right, positives = (y_true & y_pred).sum(axis=0), y_pred.sum(axis=0)
    limits = [limits_of(*counts) for counts in zip(right.tolist(), positives.tolist(), strict=True)]
    columns = {
        "change": np.where(evidence.is_old, "corrected", "new"),
        "examples": evidence.y_true.sum(axis=0),
        "given": given.astype(int),
        "share": 100 * given / max(articles, 1),
        "expected_precision": np.divide(certainty, unread, out=np.full(len(topics), np.nan), where=unread > 0),
        "random_given": positives,
        "random_right": right,
        "low": [low for low, _ in limits],
        "high": [high for _, high in limits],
    }
    table = pd.DataFrame(columns, index=pd.Index(topics, name="topic"))
    return Expectations(table, articles, len(evidence.y_true), int(evidence.is_random.sum()), _compare(evidence))


def limits_of(right: int, given: int) -> tuple[float, float]:
    """Return the limits of a precision, with 95 % confidence, if so many of so many tags were right."""
    if not given:
        return 0.0, 1.0
    interval = binomtest(right, given).proportion_ci(_CONFIDENCE)
    return float(interval.low), float(interval.high)


def _compare(evidence: Evidence) -> tuple[float, float] | None:
    """Return micro-F1 of the old topics on articles read at random, before and after."""
    y_true, before, after = (
        array[evidence.is_random][:, evidence.is_old] for array in (evidence.y_true, evidence.before, evidence.after)
    )
    return (_f1(y_true, before), _f1(y_true, after)) if y_true.any() else None


def _f1(y_true: IndicatorArray, y_pred: IndicatorArray) -> float:
    return float(2 * (y_true & y_pred).sum() / max(y_true.sum() + y_pred.sum(), 1))
