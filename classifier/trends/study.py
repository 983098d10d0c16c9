"""All that is told about some news: what ``news-topics trends`` does between reading and writing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from classifier.arrays import BoolArray
from classifier.duplicates.finding import ClusterFinder
from classifier.topics import topic_name
from classifier.trends.changes import changes_of
from classifier.trends.checking import Checked, check
from classifier.trends.counting import Counts, Plan, count
from classifier.trends.examples import titles_of
from classifier.trends.shares import COLUMNS, DIGITS, MIN_ARTICLES, correct, estimate


@dataclass(frozen=True)
class StudyOptions:
    """What is wanted.

    Attributes
    ----------
    plan
        What is counted.
    topics
        Those to count; None: all that occur.
    min_articles
        A period of fewer has no share.
    """

    plan: Plan = Plan()  # noqa: RUF009  (it is immutable)
    topics: Sequence[str] | None = None
    min_articles: int = MIN_ARTICLES


class Study(NamedTuple):
    """What is told: frames as from `shares` and `changes`, what was counted, and what people have read."""

    shares: pd.DataFrame
    changes: pd.DataFrame
    counts: Counts
    checked: dict[str, Checked]
    read: int  # articles


def study(
    frame: pd.DataFrame, options: StudyOptions = StudyOptions(), labels: Mapping[str, Sequence[str]] | None = None
) -> Study:
    """Tell the shares of topics, and what rose and fell.

    Parameters
    ----------
    frame
        As in `shares`.
    options
        What is wanted.
    labels
        Topics that people gave to articles chosen at random, by their ids; None: nobody has read any.

    Raises
    ------
    UsageError, Error
        As from `shares`.
    """
    plan, topics = options.plan, options.topics
    counts = count(frame, plan)
    table = estimate(counts, plan.by, topics, options.min_articles)
    checked, read = ({}, 0) if labels is None else check(frame, labels, once=plan.once)
    return Study(
        correct(table, checked)[COLUMNS].round(DIGITS),
        changes_of(counts, plan.by, topics, options.min_articles),
        counts,
        checked,
        read,
    )


def gather(
    batches: Iterable[pd.DataFrame],
    finder: ClusterFinder | None = None,
    has_seen: Callable[[Sequence[str]], BoolArray] | None = None,
) -> pd.DataFrame:
    """Join batches of `read_tagged` to one frame without texts.

    Parameters
    ----------
    batches
        As from `read_tagged`.
    finder
        Tells which articles are reprints. Where no article has a text, that stays unknown: the frame has no columns
        ``cluster`` and ``first``.
    has_seen
        Tells of which texts the model was trained, for a column ``seen``.
    """
    frames, has_texts = [], False
    for batch in batches:
        if finder is not None:
            finder.add(batch["text"].tolist(), batch["date"])
            has_texts = has_texts or bool((batch["text"] != "").any())
        if has_seen is not None:
            batch = batch.assign(seen=has_seen(batch["text"].tolist()))
        frames.append(batch.assign(title=titles_of(batch)).drop(columns="text"))
    if not frames:
        return pd.DataFrame(columns=["id", "date", "title", "topics", "probabilities", "note"])
    frame = pd.concat(frames, ignore_index=True)
    if finder is None or not has_texts:
        return frame
    found = finder.find()
    return frame.assign(cluster=found.cluster, first=found.first)


def summary(found: Study) -> pd.DataFrame:
    """Return what people want to see first, by topic: its share in all periods together, and how that changed."""
    keys = ["group", "topic"]
    sums = found.shares.groupby(keys, sort=False)[["articles", "all_articles"]].sum().reset_index()
    names = [topic_name(topic, "ru") for topic in sums.topic]
    table = pd.DataFrame({"topic": sums.topic, "name": names, "articles": sums.articles})
    share = sums.articles / sums.all_articles
    table["share"] = _percents(share)
    if found.checked:
        table["corrected"] = _percents(_corrected(sums.topic, share, found.checked))
    if sums.group.nunique() > 1:
        table.insert(1, "group", sums.group)
    if len(found.changes):
        changed = found.changes.set_index(keys).reindex(pd.MultiIndex.from_frame(sums[keys])).reset_index()
        spans = list(found.changes.attrs["spans"].values())
        for place, name in enumerate(("earlier", "later")):
            first, last = spans[0][place]
            span = first if first == last else f"{first} to {last}"
            table[span if spans.count(spans[0]) == len(spans) else name] = _percents(changed[name])
        table["change"] = list(changed.change.where(changed.earlier.notna(), "too few articles"))
    return table.sort_values("articles", ascending=False, kind="stable").set_index("topic")


def _corrected(topics: pd.Series, shares: pd.Series, checked: Mapping[str, Checked]) -> pd.Series:
    values = [
        checked[topic].correct(np.array(share)) if topic in checked and checked[topic].is_enough else np.nan
        for topic, share in zip(topics, shares, strict=True)
    ]
    return pd.Series(values, shares.index, dtype="float64")


def _percents(shares: pd.Series) -> list[str]:
    return [f"{100 * share:.1f} %" if share == share else "" for share in shares]
