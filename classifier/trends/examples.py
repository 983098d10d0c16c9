"""The articles of each topic and period that the model is surest about."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from classifier.data.frames import check_columns
from classifier.trends.columns import chosen_topics, is_first, names_of, probabilities_of, topics_of
from classifier.trends.periods import By, check_by, label_ordinals, to_days, to_ordinals

EXAMPLES = 3  # articles of a topic and period
_COLUMNS = {"topic": "str", "period": "str", "group": "str", "probability": "float64", "id": "str", "title": "str"}
_FIRST_WORDS = 14


def examples(
    frame: Any,
    by: By = "month",
    *,
    split: str | None = None,
    topics: Sequence[str] | None = None,
    number: int = EXAMPLES,
) -> pd.DataFrame:
    """Return the articles that have the highest probabilities of their topics.

    Parameters
    ----------
    frame
        As in `shares`, with ``probabilities`` too. Where it has them, ``id`` (else the index), ``title`` and ``text``
        tell what an article is; reprints that ``first`` knows are left out.
    by, split, topics
        As in `shares`.
    number
        Articles of a topic and period.

    Returns
    -------
    DataFrame
        ``topic``, ``period``, ``group``, ``probability``, ``id``, ``title`` (or the first words, or nothing) and
        ``date``; by topic and period, the highest probability first.

    Raises
    ------
    UsageError
        A column is missing.
    """
    check_by(by)
    topics = chosen_topics(topics)
    check_columns(frame, "topics", "probabilities", "date", *([split] if split else []))
    if hasattr(frame, "map_partitions"):
        empty = pd.DataFrame(
            {name: pd.Series(dtype=kind) for name, kind in {**_COLUMNS, "date": "datetime64[ns]"}.items()}
        )
        best = frame.map_partitions(_best, by, split, topics, number, meta=empty).compute()
    else:
        best = _best(frame, by, split, topics, number)
    return _first(best, number)


def _best(frame: pd.DataFrame, by: By, split: str | None, topics: Sequence[str] | None, number: int) -> pd.DataFrame:
    """Return the best articles of a partition."""
    frame = frame[is_first(frame)]
    days = to_days(frame["date"], by)
    frame, days = frame[days.notna()], days[days.notna()]
    topics_given = topics_of(frame)
    articles = pd.DataFrame(
        {
            "topic": topics_given,
            "period": label_ordinals(to_ordinals(days, by), by).astype("str"),
            "group": "" if split is None else names_of(frame[split]),
            "probability": probabilities_of(frame, topics_given),
            "id": (frame["id"] if "id" in frame else frame.index.to_series()).astype("str"),
            "title": titles_of(frame),
            "date": days.astype("datetime64[ns]"),
        },
        index=frame.index,
    )
    tags = articles.explode(["topic", "probability"]).dropna(subset=["topic", "probability"])
    tags = tags if topics is None else tags[tags.topic.isin(list(topics))]
    return _first(tags.astype(_COLUMNS), number)


def _first(tags: pd.DataFrame, number: int) -> pd.DataFrame:
    ordered = tags.sort_values(["topic", "period", "probability", "id"], ascending=[True, True, False, True])
    return ordered.groupby(["topic", "period"], sort=False).head(number).reset_index(drop=True)


def titles_of(frame: pd.DataFrame) -> pd.Series:
    """Return headlines; where there is none, the first words."""
    titles = frame["title"].fillna("").astype("str") if "title" in frame else pd.Series("", frame.index)
    if "text" in frame:
        words = frame["text"].fillna("").astype("str").str[:400].str.split().str[:_FIRST_WORDS].str.join(" ")
        titles = titles.mask(titles == "", words)
    return titles
