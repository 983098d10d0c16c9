"""The page of trends: what the news is about over time, what rose and fell, and articles to read about each topic."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd
from markupsafe import Markup

from classifier.pages import page, render
from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible
from classifier.topics import taxonomy, taxonomy_order, topic_name
from classifier.trends import drawing
from classifier.trends.changes import Mix
from classifier.trends.figures import largest_groups
from classifier.trends.naming import group_name, period_name, span_name
from classifier.trends.parts import (
    Examples,
    Table,
    changes_table,
    example_lists,
    listed,
    notes,
    values_table,
    with_values,
)


@dataclass(frozen=True)
class Facts:
    """What a reader must know about shares: what was counted, how, and what was left out."""

    by: Literal["day", "week", "month", "quarter", "year"]
    split: str  # column that the groups come from; empty: there are none
    count: Literal["once", "all"]  # whether reprints count as one article
    reprints_known: bool
    reprints: int  # folded, or found
    articles: int  # that are counted
    undated: int
    unjudged: int  # not Russian, or without words
    checked: int  # articles that people have read, by which shares are corrected; 0: none
    min_articles: int  # of a period; with fewer it is a gap
    created: str
    model: str
    sources: str
    mix: Mix | None = None  # how outlets changed that are counted together


class _Topic(NamedTuple):
    """A topic on the page."""

    anchor: str
    name: str
    definition: str
    small: Markup
    large: Markup
    notes: list[str]
    table: Table
    first: list[Examples]  # of the peak
    others: list[Examples]


class _Changes(NamedTuple):
    """What rose and fell in a group."""

    heading: str
    chart: Markup | None
    statement: str
    table: Table


def render_page(
    shares: pd.DataFrame, changes: pd.DataFrame, examples: pd.DataFrame, facts: Facts, language: Language
) -> str:
    """Return a page of HTML that loads nothing else and runs no script.

    Parameters
    ----------
    shares
        A row for each period, group and topic, all periods from the first to the last: ``period`` (such as
        2023-05-01, 2023-W18, 2023-05, 2023-Q2, 2023), ``group`` (empty if there is one), ``topic``, ``articles`` with
        the topic, ``all_articles``, ``share``, ``low``, ``high`` (0 to 1, NaN where there are too few articles),
        ``corrected``, ``corrected_low``, ``corrected_high`` (NaN without a checked sample, or where the topic is too
        rare), ``reprints``.
    changes
        A row for each group and topic: ``group``, ``topic``, ``earlier``, ``later``, ``difference``, ``low``, ``high``
        (0 to 1, NaN where there are too few articles), ``change`` (rose, fell or unclear); ``attrs["spans"]``: what is
        compared, such as ``(("2022-01", "2022-12"), ("2023-01", "2023-12"))``; nothing if there is one period.
    examples
        The most certain articles: ``topic``, ``group``, ``period``, ``id``, ``date``, ``title``, ``probability``.
    facts
        What was counted.
    language
        Of the page.
    """
    say, periods = messages(language), sorted(set(shares.period))
    span = span_name(periods[0], periods[-1], language)
    totals = shares.groupby("topic").articles.sum()
    shown = [topic for topic in taxonomy_order(totals.index) if totals[topic]]
    groups = largest_groups(shares)
    topics = [
        _topic(f"t{number}", topic, shares[shares.topic == topic], examples[examples.topic == topic], facts, language)
        for number, topic in enumerate(shown, 1)
    ]
    body = render(
        "trends.html",
        say=say,
        counted=list(_counted(shares, facts, say, span)),
        intervals=list(_intervals(shares, facts, say)),
        spans=_spans(changes, language),
        changes=list(_changes(changes, groups, language)),
        topics=topics,
        anchors={topic.name: topic.anchor for topic in topics},
        first=shown.index(str(totals[shown].idxmax())) if shown else 0,
        absent=[visible(topic_name(topic, language)) for topic in taxonomy_order(totals.index) if not totals[topic]],
        legend=drawing.legend(groups, language),
        largest=", ".join(group_name(group, language) for group in groups)
        if shares.group.nunique() > len(groups)
        else "",
        period_name=lambda period: period_name(period, language),
        facts=facts,
        visible=visible,
    )
    return page(say("title", span=span), body, width="64rem", language=language)


def _counted(shares: pd.DataFrame, facts: Facts, say: Messages, span: str) -> Iterator[str]:
    """Yield the sentences that tell what was counted and what was left out."""
    counts = {
        "day": say("days", n=(number := shares.period.nunique())),
        "week": say("weeks", n=number),
        "month": say("months_counted", n=number),
        "quarter": say("quarters_counted", n=number),
        "year": say("years", n=number),
    }
    yield say("counted", articles=say("articles", n=facts.articles), periods=counts[facts.by], span=span)
    if facts.split:
        yield say("counted_split", split=visible(facts.split), groups=shares.group.nunique())
    yield say("share_means")
    if not facts.reprints_known:
        yield say("reprints_unknown")
    else:
        yield (
            say("reprints_folded", n=facts.reprints)
            if facts.count == "once"
            else say("reprints_counted", n=facts.reprints)
        )
    if facts.undated:
        yield say("undated", n=facts.undated)
    if facts.unjudged:
        yield say("unjudged", n=facts.unjudged)


def _intervals(shares: pd.DataFrame, facts: Facts, say: Messages) -> Iterator[str]:
    """Yield what intervals cover, and what corrected or uncorrected shares are."""
    yield say("sampling")
    if shares.share.isna().any():
        yield say("gaps", fewer=say("fewer_articles", n=facts.min_articles))
    if not facts.checked:
        yield say("uncorrected")
        return
    yield say("corrected", by=say("by_articles", n=facts.checked))
    known = shares[shares.share.notna()].groupby(["group", "topic"]).corrected.count()
    if (known == 0).any():
        yield say("some_rare")


def _spans(changes: pd.DataFrame, language: Language) -> str:
    """Return which spans are compared; nothing if there are none."""
    spans = changes.attrs["spans"] if len(changes) else ()
    if len(spans) < 2 or changes.difference.isna().all():
        return ""
    earlier, later = (span_name(first, last, language) for first, last in spans)
    return messages(language)("changes_spans", earlier=earlier, later=later)


def _changes(changes: pd.DataFrame, groups: Sequence[str], language: Language) -> Iterator[_Changes]:
    say = messages(language)
    for number, group in enumerate(groups):
        rows = changes[changes.group == group]
        clear = rows[rows.change != "unclear"]
        yield _Changes(
            group_name(group, language) if len(groups) > 1 else "",
            drawing.changes_chart(clear, f"changes-{number}", language) if len(clear) else None,
            _unclear(rows, len(clear), say),
            changes_table(rows, language),
        )


def _unclear(rows: pd.DataFrame, clear: int, say: Messages) -> str:
    """Say of how many topics nothing can be said, and why."""
    if rows.difference.isna().all():
        return say("changes_few")
    if not clear:
        return say("changes_clear_none")
    return say("unclear_count", n=len(rows) - clear) if len(rows) > clear else ""


def _topic(
    anchor: str, topic: str, shares: pd.DataFrame, examples: pd.DataFrame, facts: Facts, language: Language
) -> _Topic:
    rows, known = with_values(shares), taxonomy().get(topic)
    peak = str(rows.period[rows.value == rows.value.max()].min())
    first, others = listed(example_lists(examples, language, split=bool(facts.split)), peak)
    return _Topic(
        anchor,
        visible(topic_name(topic, language)),
        "" if known is None else known.definition_ru if language == "ru" else known.definition_en,
        drawing.small_chart(rows, topic, anchor, language),
        drawing.large_chart(rows, topic, anchor, language),
        list(notes(rows, facts.checked, language)),
        values_table(rows, language, checked=bool(facts.checked), reprints=bool(rows.reprints.any())),
        first,
        others,
    )
