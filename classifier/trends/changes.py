"""What rose and what fell, and whether chance alone could have done it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from classifier.evaluation.intervals import LEVEL, quantile
from classifier.trends.counting import Counts, Plan, count
from classifier.trends.intervals import difference
from classifier.trends.periods import By
from classifier.trends.shares import MIN_ARTICLES, estimate

ROSE, FELL, UNCLEAR = "rose", "fell", "unclear"
_MOVED = 0.1  # of the articles, that are of other outlets in the second half


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
    """Return how shares changed from the first half of the time to the second; of an odd number, the middle is none.

    The time of a group begins and ends with its own articles.

    Returns
    -------
    DataFrame
        ``group``, ``topic``, ``earlier`` and ``later`` share, their ``difference`` with the limits ``low`` and
        ``high``, and ``change``: ``rose``, ``fell`` or ``unclear``. The limits are so wide that all of them hold
        together in 95 % of cases (Bonferroni). ``attrs["spans"]`` has, by group, the first and last period of each
        half. A group with one period is left out.
    """
    table = estimate(counts, by, topics, min_articles=0)
    names = table.groupby(["group", "topic"], sort=False).ngroups
    z = quantile(1 - (1 - LEVEL) / max(names, 1))
    found, spans = [_compare(table[:0], table[:0], 1, z)], {}
    for group, rows in table.groupby("group", sort=False):
        sizes = rows.groupby("period").all_articles.first()
        present = np.flatnonzero(sizes.to_numpy())
        periods = list(sizes.index[present[0] : present[-1] + 1])
        half = len(periods) // 2
        if half:
            early, late = periods[:half], periods[-half:]
            spans[str(group)] = ((early[0], early[-1]), (late[0], late[-1]))
            halves = (rows[rows.period.isin(early)], rows[rows.period.isin(late)])
            found.append(_compare(*halves, max(min_articles, 1), z))
    changed = pd.concat(found, ignore_index=True)
    changed.attrs["spans"] = spans
    return changed


def _compare(early: pd.DataFrame, late: pd.DataFrame, min_articles: int, z: float) -> pd.DataFrame:
    """Return the changes of a group from some periods to others."""
    first, second = _sums(early), _sums(late)
    known = (first.all_articles >= min_articles) & (second.all_articles >= min_articles)
    earlier, later = ((half.articles / half.all_articles).where(known) for half in (first, second))
    low, high = difference(earlier.to_numpy(), later.to_numpy(), (first.number.to_numpy(), second.number.to_numpy()), z)
    found = pd.DataFrame({"earlier": earlier, "later": later, "difference": later - earlier, "low": low, "high": high})
    found["change"] = np.select([found.low > 0, found.high < 0], [ROSE, FELL], UNCLEAR)
    return found.reset_index()


def _sums(table: pd.DataFrame) -> pd.DataFrame:
    """Return what some periods count together, by group and topic."""
    return table.groupby(["group", "topic"], sort=False)[["articles", "all_articles", "number"]].sum()


class Mix(NamedTuple):
    """How the outlets of the news changed: the column that names them, and the one whose part changed most."""

    column: str
    name: str
    earlier: float
    later: float


def mix_of(frame: pd.DataFrame, column: str, plan: Plan) -> Mix | None:
    """Return how the mix of a column's values changed between the halves of the time; None if it hardly did.

    Where it did, what seems to rise or fall may be one outlet instead of another.
    """
    blocks = count(frame, plan._replace(split=column)).blocks
    ordinals = range(blocks.period.min(), blocks.period.max() + 1)
    half = len(ordinals) // 2
    parts = [blocks[blocks.period.isin(ordinals[:half])], blocks[blocks.period.isin(ordinals[len(ordinals) - half :])]]
    sums = pd.DataFrame({place: part.groupby("group")["number"].sum() for place, part in enumerate(parts)}).fillna(0)
    if not half or not sums.to_numpy().sum(axis=0).all():
        return None
    mix = sums / sums.sum()
    moved = (mix[1] - mix[0]).abs()
    if moved.sum() / 2 < _MOVED:
        return None
    name = str(moved.idxmax())
    return Mix(column, name, float(mix[0][name]), float(mix[1][name]))
