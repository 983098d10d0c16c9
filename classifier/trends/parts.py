"""What the page says about each topic and about changes: notes, tables and articles, as text."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible
from classifier.topics import topic_name
from classifier.trends.figures import records, values
from classifier.trends.naming import group_name, period_name

_MOST_ROWS = 300  # of a topic's table; with 45 topics they take 1.5 MB of the page
_MOST_PERIODS = 60  # whose values and articles are listed
_PRINTED = 40  # rows of a table up to which it is printed though it is folded
_HEADLINE = 140  # characters


class Table(NamedTuple):
    """Cells as text; the first of a row names it."""

    columns: list[str]
    rows: list[list[str]]
    words: list[int]  # columns that hold words, and may take several lines
    remark: str = ""

    @property
    def printed(self) -> bool:
        """Whether it is short enough to be printed with the page."""
        return len(self.rows) <= _PRINTED


class Example(NamedTuple):
    """An article to read about a topic."""

    title: str
    has_headline: bool
    about: str  # date, group and probability


class Examples(NamedTuple):
    """The articles of a period of which the model is most certain."""

    period: str
    articles: list[Example]


def with_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the shares that the page shows, corrected where they can be: ``value``, ``value_low``, ``value_high``."""
    groups = [
        rest.assign(**dict(zip(("value", "value_low", "value_high"), values(rest), strict=True)))
        for _, rest in rows.groupby("group", sort=False)
    ]
    return pd.concat(groups)


def value_text(row: Any, say: Messages) -> str:
    """Return the share of a row of `with_values`, its interval, and how many articles it comes from."""
    articles = say("of_articles", articles=int(row.articles), n=int(row.all_articles))
    if not row.all_articles:
        return say("none")
    if pd.isna(row.value):
        return say("gap", articles=articles)
    if pd.isna(row.value_low):
        return say("value_bare", share=say.share(row.value), articles=articles)
    interval = say.interval(row.value_low, row.value_high)
    return say("value", share=say.share(row.value), interval=interval, articles=articles)


def notes(rows: pd.DataFrame, checked: int, language: Language) -> Iterator[str]:
    """Yield what a reader must know about a topic's shares: where they are largest, and where they are uncorrected."""
    say, several = messages(language), rows.group.nunique() > 1
    if rows.value.isna().all():
        yield say("all_gaps")
        return
    top = next(records(rows[rows.value == rows.value.max()]))
    told = {"share": say.share(top.value), "period": period_name(top.period, language)}
    yield say("peak_group", group=group_name(top.group, language), **told) if several else say("peak", **told)
    known = rows[rows.share.notna()].groupby("group", sort=False).corrected.count()
    rare = list(known[known == 0].index) if checked else []
    if rare and len(rare) == len(known):
        yield say("rare")
    elif rare:
        yield say("rare_groups", groups=", ".join(group_name(group, language) for group in rare))


def values_table(rows: pd.DataFrame, language: Language, *, checked: bool, reprints: bool) -> Table:
    """Return the values of a topic: a row for each period and group, as many of the last as the page has room for.

    The rows of a group begin and end with its own articles.
    """
    say, groups = messages(language), rows.group.nunique()
    columns = [say("column_period"), *([say("column_group")] if groups > 1 else [])]
    columns += [say("column_share"), say("column_interval")]
    columns += [say("column_uncorrected")] if checked else []
    columns += [say("column_articles"), say("column_all"), *([say("column_reprints")] if reprints else [])]
    periods = sorted(set(rows.period))
    last = periods[-max(1, min(_MOST_PERIODS, _MOST_ROWS // groups)) :]
    cells = [
        [
            period_name(row.period, language),
            *([group_name(row.group, language)] if groups > 1 else []),
            *_share_cells(row, say),
            *([_cell(row.share, say)] if checked else []),
            *map(say.number, (int(row.articles), int(row.all_articles), *([int(row.reprints)] if reprints else []))),
        ]
        for row in records(_own_time(rows[rows.period >= last[0]]).sort_values("period", kind="stable"))
    ]
    remark = "" if len(last) == len(periods) else say("last_periods", n=len(last))
    return Table(columns, cells, [1] if groups > 1 else [], remark)


def _own_time(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the periods before the first article of a group, and those after its last."""
    ends = rows[rows.all_articles > 0].groupby("group").period.agg(["min", "max"]).reindex(rows.group)
    return rows[(rows.period >= ends["min"].to_numpy()) & (rows.period <= ends["max"].to_numpy())]


def _share_cells(row: Any, say: Messages) -> list[str]:
    if not row.all_articles:
        return [say("none"), ""]
    if pd.isna(row.value):
        return [say("few"), ""]
    return [say.share(row.value), "" if pd.isna(row.value_low) else say.interval(row.value_low, row.value_high)]


def _cell(share: float, say: Messages) -> str:
    return "" if pd.isna(share) else say.share(share)


def changes_table(changes: pd.DataFrame, language: Language) -> Table:
    """Return the changes of a group: those that are clear first, the largest first."""
    say = messages(language)
    columns = [say("column_topic"), say("column_change"), say("column_difference"), say("column_interval")]
    columns += [say("column_earlier"), say("column_later")]
    order = changes.assign(unclear=changes.change == "unclear", size=-changes.difference.abs())
    cells = [
        [
            visible(topic_name(row.topic, language)),
            *_change_cells(row, say),
            _cell(row.earlier, say),
            _cell(row.later, say),
        ]
        for row in records(order.sort_values(["unclear", "size"], kind="stable"))
    ]
    return Table(columns, cells, [0])


def _change_cells(row: Any, say: Messages) -> list[str]:
    if pd.isna(row.difference):
        return [say("few"), "", ""]
    names = {"rose": say("rose"), "fell": say("fell"), "unclear": say("unclear")}
    return [names[row.change], say.points(row.difference), say.points(row.low, row.high)]


def example_lists(examples: pd.DataFrame, language: Language, *, split: bool) -> list[Examples]:
    """Return the articles of a topic, the last period first."""
    say, lists = messages(language), dict[str, list[Example]]()
    for row in records(examples):
        lists.setdefault(row.period, []).append(_example(row, say, split=split))
    return [Examples(period, lists[period]) for period in sorted(lists, reverse=True)]


def listed(lists: Sequence[Examples], peak: str) -> tuple[list[Examples], list[Examples]]:
    """Return the articles that the page shows at once, of the peak or else of the last period, and the others."""
    first = [each for each in lists if each.period == peak] or list(lists[:1])
    return first, [each for each in lists if each not in first][:_MOST_PERIODS]


def _example(row: Any, say: Messages, *, split: bool) -> Example:
    title = visible(" ".join(str(row.title).split())) if pd.notna(row.title) else ""
    if len(title) > _HEADLINE:
        title = title[:_HEADLINE].rstrip() + "…"
    date = "" if pd.isna(row.date) else str(row.date)[:10]
    parts = [
        period_name(date, say.language) if _is_day(date) else visible(date),
        group_name(row.group, say.language) if split else "",
        say("probability", probability=say.decimal(float(row.probability), 2)),
    ]
    told = title or say("no_headline", id=visible(str(row.id)))
    return Example(told, bool(title), " · ".join(filter(None, parts)))


def _is_day(date: str) -> bool:
    return len(date) == len("2023-05-01") and date.replace("-", "").isdigit() and date[4] == date[7] == "-"
