"""Tagged articles to counts, partition by partition: how many articles of each block have a topic."""

from typing import Any, NamedTuple

import pandas as pd

from classifier.data.frames import check_columns
from classifier.errors import UsageError
from classifier.trends.columns import is_first, is_unjudged, names_of, topics_of
from classifier.trends.periods import By, check_by, to_days, to_ordinals

KEYS = ["period", "group", "topic"]
_ALL, _TOPIC, _REPRINT, _UNDATED, _UNJUDGED = "all", "topic", "reprint", "undated", "unjudged"
_COLUMNS = {"kind": "str", "period": "int64", "group": "str", "block": "str", "topic": "str", "number": "int64"}


class Plan(NamedTuple):
    """What is counted.

    Attributes
    ----------
    by
        The kind of period.
    split
        Column whose values are counted apart; None: all together.
    once
        Count reprints once, where the columns ``cluster`` and ``first`` tell them.
    """

    by: By = "month"
    split: str | None = None
    once: bool = True


class Counts(NamedTuple):
    """How many articles there are, and how many have each topic.

    Attributes
    ----------
    blocks
        ``period``, ``group``, ``block`` (articles that may depend on each other: those of a day, and reprints of them),
        ``number`` of articles.
    topics
        The same for each ``topic``: articles of the block that have it.
    reprints
        ``period``, ``group``, ``topic``, ``number``: reprints that have the topic.
    undated, unjudged, folded
        Articles that are left out: without a day, not judged by the model, and reprints.
    repeats
        Reprints that are counted.
    """

    blocks: pd.DataFrame
    topics: pd.DataFrame
    reprints: pd.DataFrame
    undated: int
    unjudged: int
    folded: int
    repeats: int


def count(frame: Any, plan: Plan) -> Counts:
    """Count the tagged articles of a DataFrame of pandas or of Dask.

    Raises
    ------
    UsageError
        A column is missing, or a period is unknown.
    """
    check_by(plan.by)
    check_columns(frame, "topics", "date", *([plan.split] if plan.split else []))
    repeated = frozenset[str]() if plan.once else _repeated(frame)
    if hasattr(frame, "map_partitions"):
        empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()})
        long = frame.map_partitions(_count_partition, plan, repeated, meta=empty).compute()
    else:
        long = _count_partition(frame, plan, repeated)
    names = [name for name in _COLUMNS if name != "number"]
    long = long.groupby(names, as_index=False, sort=True)["number"].sum()
    return _sorted_out(long, folds=plan.once)


def _repeated(frame: Any) -> frozenset[str]:
    """Return the clusters that have more than one article."""
    if "cluster" not in frame:
        return frozenset()
    sizes = frame["cluster"].value_counts()
    sizes = sizes.compute() if hasattr(sizes, "compute") else sizes
    return frozenset(sizes.index[sizes > 1])


def _sorted_out(long: pd.DataFrame, *, folds: bool) -> Counts:
    kinds = {kind: long[long["kind"] == kind].drop(columns="kind") for kind in (_ALL, _TOPIC, _REPRINT)}
    totals = long.groupby("kind")["number"].sum()
    reprints = kinds[_REPRINT]
    number = int(reprints.loc[reprints.topic == "", "number"].sum())
    return Counts(
        kinds[_ALL].drop(columns="topic"),
        kinds[_TOPIC],
        reprints[reprints.topic != ""].groupby(KEYS)["number"].sum().reset_index(),
        int(totals.get(_UNDATED, 0)),
        int(totals.get(_UNJUDGED, 0)),
        number if folds else 0,
        0 if folds else number,
    )


def _count_partition(frame: pd.DataFrame, plan: Plan, repeated: frozenset[str]) -> pd.DataFrame:
    """Return counts as a table with the columns `_COLUMNS`."""
    articles = _articles(frame, plan).assign(block=_blocks(frame, plan, repeated))
    undated = articles.days.isna()
    left_out = {_UNDATED: undated, _UNJUDGED: ~undated & articles.unjudged}
    counted = articles[~undated & ~articles.unjudged]
    counted = counted.assign(period=to_ordinals(counted.days, plan.by))
    repeats = counted[~counted["first"]]
    kept = counted[counted["first"]] if plan.once else counted
    parts = [
        _numbers(kept.assign(topic=""), _ALL),
        _numbers(_by_topic(kept), _TOPIC),
        _numbers(repeats.assign(topic="", block=""), _REPRINT),
        _numbers(_by_topic(repeats).assign(block=""), _REPRINT),
    ]
    for kind, rows in left_out.items():
        parts.append(pd.DataFrame([[kind, 0, "", "", "", int(rows.sum())]], columns=list(_COLUMNS)))
    return pd.concat(parts, ignore_index=True).astype(_COLUMNS)


def _articles(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return day, group, block, topics of each article, whether it is the first of its reprints, and not judged."""
    topics = topics_of(frame)
    return pd.DataFrame(
        {
            "days": to_days(frame["date"], plan.by),
            "group": pd.Series("", frame.index) if plan.split is None else names_of(frame[plan.split]),
            "topics": topics,
            "first": is_first(frame),
            "unjudged": is_unjudged(frame, topics),
        },
        index=frame.index,
    )


def _blocks(frame: pd.DataFrame, plan: Plan, repeated: frozenset[str]) -> pd.Series:
    """Return what articles may depend on each other: those of a day, and reprints of one text on whatever days."""
    if plan.by == "day":  # what else is written on that day is what is counted
        blocks = pd.Series("" if plan.once else frame.index.astype(str), frame.index)
    else:
        blocks = to_days(frame["date"], plan.by).dt.strftime("%Y-%m-%d").fillna("")
    if repeated:
        reprints = frame["cluster"].isin(repeated)
        blocks = blocks.mask(reprints, "reprints of " + frame["cluster"].astype(str))
    return blocks


def _by_topic(articles: pd.DataFrame) -> pd.DataFrame:
    return articles.assign(topic=articles.topics).explode("topic").dropna(subset="topic")


def _numbers(articles: pd.DataFrame, kind: str) -> pd.DataFrame:
    names = ["period", "group", "block", "topic"]
    sizes = articles.groupby(names, sort=False).size().rename("number").reset_index()
    return sizes.assign(kind=kind)[list(_COLUMNS)]


def join_clusters(frame: Any, clusters: pd.DataFrame, id: str = "id") -> Any:
    """Return a frame of pandas or Dask with the columns ``cluster`` and ``first`` of a table by ``duplicates``.

    An article that the table does not know is alone.
    """
    check_columns(frame, id)
    check_columns(clusters, "id", "cluster", "first")
    known = clusters[["id", "cluster", "first"]].astype({"id": "str"})
    if known["id"].duplicated().any():
        twice = known.loc[known["id"].duplicated(), "id"].iloc[0]
        raise UsageError(
            f"the table of duplicates has id {twice!r} twice: give the articles of each file their own ids"
        )
    left = frame.drop(columns=[name for name in ("cluster", "first") if name in frame.columns])
    known = known.assign(first=is_first(known)).rename(columns={"id": id})
    return left.astype({id: "str"}).merge(known, on=id, how="left")
