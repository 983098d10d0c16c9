"""What rose and what fell, and whether chance alone could have done it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from classifier.evaluation.intervals import LEVEL, quantile
from classifier.trends.counting import Counts, Plan, count
from classifier.trends.intervals import difference
from classifier.trends.periods import By, label_ordinals
from classifier.trends.shares import MIN_ARTICLES, estimate

ROSE, FELL, UNCLEAR = "rose", "fell", "unclear"


def changes(
    frame: Any,
    by: By = "month",
    *,
    split: str | None = None,
    topics: Sequence[str] | None = None,
    once: bool = True,
    min_articles: int = MIN_ARTICLES,
) -> pd.DataFrame:
    """Compare the shares of topics in the second half of the time with those in the first.

    Parameters
    ----------
    frame, by, split, topics, once, min_articles
        As in `shares`; `min_articles` of a half.

    Returns
    -------
    DataFrame
        A row for each group and topic, as `changes_of` gives it; errors are those of `shares`.
    """
    return changes_of(count(frame, Plan(by, split, once)), by, topics, min_articles)


def changes_of(
    counts: Counts, by: By, topics: Sequence[str] | None = None, min_articles: int = MIN_ARTICLES
) -> pd.DataFrame:
    """Return how shares changed from the first half of the periods to the second; of an odd number, the middle is none.

    Returns
    -------
    DataFrame
        ``group``, ``topic``, ``earlier`` and ``later`` share, their ``difference`` with the limits ``low`` and
        ``high``, and ``change``: ``rose``, ``fell`` or ``unclear``. The limits are so wide that all of them hold
        together in 95 % of cases (Bonferroni). The first and last period of each half are in ``attrs["spans"]``, which
        is empty if there is one period.
    """
    table = estimate(counts, by, topics, min_articles=0)
    periods = sorted(set(counts.blocks["period"]))
    first, last = periods[0], periods[-1]
    half = (last - first + 1) // 2
    ordinals = pd.Series(range(first, last + 1))
    labels = label_ordinals(ordinals, by).tolist()
    spans = [labels[:half], labels[len(labels) - half :]]
    halves = [_sums(table[table.period.isin(span)]) for span in spans]
    known = (halves[0].all_articles >= max(min_articles, 1)) & (halves[1].all_articles >= max(min_articles, 1))
    z = quantile(1 - (1 - LEVEL) / max(len(known), 1))
    earlier, later = ((half.articles / half.all_articles).where(known) for half in halves)
    numbers = halves[0].number.to_numpy(), halves[1].number.to_numpy()
    low, high = difference(earlier.to_numpy(), later.to_numpy(), numbers, z)
    found = pd.DataFrame({"earlier": earlier, "later": later, "difference": later - earlier, "low": low, "high": high})
    found["change"] = np.select([found.low > 0, found.high < 0], [ROSE, FELL], UNCLEAR)
    found = found.reset_index()
    found.attrs["spans"] = tuple((span[0], span[-1]) for span in spans if span)
    return found


def _sums(table: pd.DataFrame) -> pd.DataFrame:
    """Return what some periods count together, by group and topic."""
    return table.groupby(["group", "topic"], sort=False)[["articles", "all_articles", "number"]].sum()
