"""How large a share of the news a topic has, period by period, and how sure that is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from classifier.arrays import Float64Array
from classifier.data.corpus import read_table
from classifier.errors import Error
from classifier.evaluation.intervals import quantile, wilson
from classifier.topics import check_known, taxonomy, taxonomy_order
from classifier.trends.checking import Checked, check
from classifier.trends.columns import chosen_topics
from classifier.trends.counting import KEYS, Counts, Plan, count
from classifier.trends.periods import By, label_ordinals

MAX_PERIODS = 5000  # days of 13 years
MIN_ARTICLES = 30  # of a period: the interval of a share of 5 % is 16 points wide there
_STEADY = 5  # articles of a topic of which its own correlation counts as much as that of all topics
DIGITS = 6
CORRECTED = ["corrected", "corrected_low", "corrected_high"]
SHARES = ["share", "low", "high", *CORRECTED]
COLUMNS = ["period", "group", "topic", "articles", "all_articles", *SHARES, "reprints"]


def shares(
    frame: Any,
    by: By = "month",
    *,
    split: str | None = None,
    topics: Sequence[str] | None = None,
    once: bool = True,
    checked: "Mapping[str, Sequence[str]] | pd.DataFrame | None" = None,
    min_articles: int = MIN_ARTICLES,
) -> pd.DataFrame:
    """Count topics over time.

    >>> import pandas as pd
    >>> tagged = pd.DataFrame({"date": ["2023-05-01"] * 40, "topics": [["sport"]] * 10 + [[]] * 30})
    >>> shares(tagged)[["period", "topic", "articles", "share", "low", "high"]].round(2)
        period  topic  articles  share   low  high
    0  2023-05  sport        10   0.25  0.14   0.4

    Parameters
    ----------
    frame
        Tagged articles, a DataFrame of pandas or Dask, as from `classifier.tag_frame` with ``keep=["date"]``: columns
        ``date`` and ``topics``; if it has ``note``, articles that could not be judged are left out; if it has
        ``cluster`` and ``first``, as `join_clusters` adds them, reprints are known.
    by
        ``day``, ``week`` (from Monday), ``month``, ``quarter`` or ``year``.
    split
        Column whose values are counted apart, such as the outlet.
    topics
        Those to count; None: all that occur.
    once
        Count reprints of an article once, at the first; else all.
    checked
        Topics that a person gave to articles chosen at random: a table or mapping, as `check` takes it.
    min_articles
        A period of fewer has no share.

    Returns
    -------
    DataFrame
        A row for each period from the first to the last, group and topic: ``period``, ``group`` (empty if there is
        one), ``topic``, ``articles`` that have it, of ``all_articles``, their ``share`` with the limits ``low`` and
        ``high`` of its 95 % interval for sampling: another draw of days would give another share. With `checked`,
        ``corrected``, ``corrected_low`` and ``corrected_high`` are the share without the classifier's errors and its
        limits, for both sampling and the classifier; gaps where a topic was read too rarely. ``reprints`` that have the
        topic were left out, or counted if `once` is false.

    Raises
    ------
    UsageError
        A column is missing, a topic does not occur, or none of the articles was read.
    Error
        No article has a date.
    """
    table = estimate(count(frame, Plan(by, split, once)), by, topics, min_articles)
    if checked is not None:
        table = correct(table, check(frame, checked, once=once)[0])
    return table[COLUMNS].round(DIGITS)


def estimate(
    counts: Counts, by: By, topics: Sequence[str] | None = None, min_articles: int = MIN_ARTICLES
) -> pd.DataFrame:
    """Return the shares that counts tell, and of how many independent articles, ``number``; the rest as in `shares`."""
    table = _grid(counts, _choose_topics(counts, topics), by)
    enough = table.all_articles >= max(min_articles, 1)
    number = (table.all_articles / _design_effects(table, counts)).where(enough)
    share = (table.articles / table.all_articles).where(enough)
    low, high = wilson(share.to_numpy(), number.to_numpy(), quantile())
    gaps = dict.fromkeys(CORRECTED, np.nan)
    return table.assign(period=label_ordinals(table.period, by), share=share, low=low, high=high, number=number, **gaps)


def correct(table: pd.DataFrame, checked: Mapping[str, Checked]) -> pd.DataFrame:
    """Return the table of `estimate` with corrected shares, where enough was read."""
    topics, shares, numbers = (table[name].to_numpy() for name in ("topic", "share", "number"))
    corrected = np.full((len(table), 3), np.nan)
    for topic, errors in checked.items():
        rows = np.flatnonzero((topics == topic) & ~np.isnan(shares))
        if errors.is_enough and len(rows):
            corrected[rows, 0] = errors.correct(shares[rows])
            corrected[rows, 1:] = errors.limits(shares[rows], numbers[rows])
    return table.assign(**dict(zip(CORRECTED, corrected.T, strict=True)))


def _design_effects(table: pd.DataFrame, counts: Counts) -> Float64Array:
    """Return by how much days and reprints multiply the variance of each share of a table; 1 or more.

    The variance of a share is that of the bootstrap whose blocks are days and reprints, in closed form. In Kish's model
    (Survey Sampling, 1965) it exceeds the variance of independent articles by ``1 + (size - 1) * correlation``. The
    correlation of the articles of a block is told by all periods together: those of a single month are too few days.
    """
    blocks = counts.blocks.assign(square=counts.blocks["number"] ** 2).groupby(["group", "period"])
    sizes = blocks.agg(all=("number", "sum"), square=("square", "sum"), blocks=("number", "size"))
    correlations = _correlations(counts, sizes)
    size = (sizes["square"] / sizes["all"]).reindex(pd.MultiIndex.from_frame(table[["group", "period"]]))
    correlation = correlations.reindex(pd.MultiIndex.from_frame(table[["group", "topic"]])).fillna(0)
    return np.asarray(1 + np.nan_to_num(size.to_numpy() - 1) * correlation.to_numpy())


def _correlations(counts: Counts, sizes: pd.DataFrame) -> pd.Series:
    """Return how far articles of a block go together, by group and topic; a rare topic borrows from the others."""
    joined = counts.topics.merge(counts.blocks, on=["group", "period", "block"], suffixes=("", "_all"))
    joined = joined.assign(square_given=joined["number"] ** 2, product=joined["number"] * joined["number_all"])
    given = joined.groupby(["group", "period", "topic"])[["number", "square_given", "product"]].sum().reset_index()
    given = given.join(sizes, on=["group", "period"])
    given = given[given.blocks > 1]
    share = given["number"] / given["all"]
    scatter = given.square_given - 2 * share * given["product"] + share**2 * given.square
    chance = share * (1 - share) * given["all"]
    given = given.assign(
        excess=scatter * given.blocks / (given.blocks - 1) - chance,
        most=chance * (given.square / given["all"] - 1),
    )
    sums = given.groupby(["group", "topic"])[["number", "excess", "most"]].sum()
    totals = sums.groupby("group")[["excess", "most"]].sum()
    usual = _ratio(totals).reindex(sums.index.get_level_values("group")).to_numpy()
    steadied = (_ratio(sums) * sums["number"] + usual * _STEADY) / (sums["number"] + _STEADY)
    return pd.Series(steadied.clip(lower=0))


def _ratio(sums: pd.DataFrame) -> pd.Series:
    """Return the correlation; 0 where no block has a second article that could go with the first."""
    return pd.Series((sums.excess / sums.most.where(sums.most > 0)).fillna(0))


def is_shares(path: Path) -> bool:
    """Whether a file holds shares as `news-topics trends` writes them, with no column added but the names of topics."""
    try:
        return [name for name in read_table(path, "share").columns if name != "name"] == COLUMNS
    except Error:
        return False


def _choose_topics(counts: Counts, topics: Sequence[str] | None) -> list[str]:
    if not len(counts.blocks):
        raise Error("no article has a date, could be judged and is no reprint: there is nothing to count")
    found, chosen = taxonomy_order(counts.topics["topic"]), chosen_topics(topics)
    for topic in chosen or ():
        check_known(topic, {*found, *taxonomy()})
    if not (found if chosen is None else chosen):
        raise Error("no article has a topic: there is nothing to count; name topics that none has to see their limits")
    return found if chosen is None else chosen


def _grid(counts: Counts, topics: Sequence[str], by: By) -> pd.DataFrame:
    """Return a row for each period from the first to the last, group and topic, with what was counted."""
    ordinals = range(counts.blocks["period"].min(), counts.blocks["period"].max() + 1)
    if len(ordinals) > MAX_PERIODS:
        first, last = label_ordinals(pd.Series([ordinals[0], ordinals[-1]]), by)
        raise Error(
            f"dates reach from {first} to {last}, {len(ordinals):,} periods, of which at most {MAX_PERIODS:,} can be "
            "told: is a date wrong? Choose days (--since and --until), or longer periods"
        )
    grid = pd.MultiIndex.from_product([ordinals, sorted(counts.blocks["group"].unique()), topics], names=KEYS)
    articles = counts.topics.groupby(KEYS)["number"].sum().reindex(grid, fill_value=0)
    reprints = counts.reprints.set_index(KEYS)["number"].reindex(grid, fill_value=0)
    table = pd.DataFrame({"articles": articles, "reprints": reprints}).reset_index()
    sizes = counts.blocks.groupby(["period", "group"])["number"].sum()
    keys = pd.MultiIndex.from_frame(table[["period", "group"]])
    return table.assign(all_articles=sizes.reindex(keys, fill_value=0).to_numpy())
