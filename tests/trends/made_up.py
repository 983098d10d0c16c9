"""Shares, changes and examples of an archive that does not exist."""

from datetime import timedelta

import numpy as np
import pandas as pd

from classifier.topics import taxonomy
from classifier.trends.naming import first_day
from classifier.trends.page import Facts

MONTHS = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
TOPICS = list(taxonomy())
HEADLINES = [
    "Переговоры в Дели завершились подписанием трёх соглашений",
    "В Пскове после ремонта открыли мост через Великую",
    "Сборная вышла в полуфинал: решающий гол забит на последней минуте",
]


def shares(topics=TOPICS, periods=MONTHS, groups=("",), gaps=(), checked=False, rare=(), seed=0):
    """Return shares as `render_page` takes them; periods in `gaps` have too few articles."""
    random = np.random.RandomState(seed)
    frames = []
    for group in groups:
        size = random.randint(900, 1500, len(periods))
        size[[place for place, period in enumerate(periods) if period in gaps]] = 3
        for topic in topics:
            level = random.beta(1, 20) * np.exp(np.cumsum(random.normal(0, 0.15, len(periods))))
            articles = random.binomial(size, np.minimum(level, 0.6))
            frames.append(_frame(periods, group, topic, articles, size))
    table = pd.concat(frames, ignore_index=True)
    few = table.all_articles < 20
    table.loc[few, ["share", "low", "high"]] = np.nan
    for name in ("", "_low", "_high"):
        known = table["share" if not name else name.strip("_")] * 0.9
        table[f"corrected{name}"] = known.where(~table.topic.isin(rare)) if checked else np.nan
    return table


def _frame(periods, group, topic, articles, size):
    share = articles / size
    spread = 2 * np.sqrt((share + 0.001) * (1 - share) / size)
    limits = {"share": share, "low": np.maximum(share - spread, 0), "high": share + spread}
    counts = {"period": periods, "group": group, "topic": topic, "articles": articles, "all_articles": size}
    return pd.DataFrame({**counts, **limits, "reprints": articles // 4})


def changes(table):
    """Return the changes between the halves of shares."""
    periods = sorted(set(table.period))
    middle = len(periods) // 2
    halves = (periods[:middle], periods[len(periods) - middle :])
    rows = []
    for (group, topic), rest in table.groupby(["group", "topic"], sort=False):
        first, second = (rest[rest.period.isin(half)] for half in halves)
        earlier, later = (half.articles.sum() / max(half.all_articles.sum(), 1) for half in (first, second))
        difference, spread = (
            later - earlier,
            3.3 * np.sqrt((earlier + later) / max(table.all_articles.median() * middle, 1)),
        )
        kind = "unclear" if abs(difference) <= spread else "rose" if difference > 0 else "fell"
        rows.append((group, topic, earlier, later, difference, difference - spread, difference + spread, kind))
    columns = ["group", "topic", "earlier", "later", "difference", "low", "high", "change"]
    frame = pd.DataFrame(rows, columns=columns)
    if not middle:
        frame = frame[:0]
    frame.attrs["spans"] = {group: tuple((half[0], half[-1]) for half in halves) for group in frame.group.unique()}
    return frame


def examples(table, headlines=HEADLINES):
    """Return three articles for each topic and period that has as many."""
    rows = [
        (row.topic, row.group, row.period, f"{row.topic}-{n}", day, headlines[n % len(headlines)], 0.99 - n / 50)
        for row in table.itertuples()
        for n in range(min(row.articles, 3))
        for day in [str(first_day(row.period) + timedelta(days=n))]
    ]
    columns = ["topic", "group", "period", "id", "date", "title", "probability"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["topic", "period", "probability"], ascending=[True, True, False], ignore_index=True)
    return frame.groupby(["topic", "period"]).head(3)


def facts(table, **others):
    articles = int(table.drop_duplicates(["group", "period"]).all_articles.sum())
    return Facts(
        **{
            "by": "month",
            "split": "",
            "count": "once",
            "reprints_known": True,
            "reprints": 1240,
            "articles": articles,
            "undated": 21,
            "unjudged": 3,
            "checked": 0,
            "min_articles": 20,
            "created": "2026-01-31",
            "model": "news-topics",
            "sources": "archive/",
            **others,
        }
    )
