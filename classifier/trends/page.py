"""The page of trends: what the news is about over time, what rose and fell, and articles to read about each topic."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd
from markupsafe import Markup, escape

from classifier.pages import page, render
from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible
from classifier.topics import taxonomy, topic_name
from classifier.trends import drawing
from classifier.trends.changes import Mix
from classifier.trends.figures import BANDED, is_corrected
from classifier.trends.naming import group_name, largest_groups, period_name, span_name
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

_FEW = 6  # topics that are all large
_CHOSEN = 8  # topics up to which somebody has probably chosen them, the most important one first
_CODE = re.compile(r"`([^`]*)`")


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
    mix: Mix | None = None  # how outlets changed that are not counted apart


class _Topic(NamedTuple):
    """A topic on the page."""

    anchor: str
    name: str
    definition: str
    small: Markup
    large: Markup
    notes: list[str]
    caption: str
    table: Table
    first: list[Examples]  # of the peak
    others: list[Examples]


class _Changes(NamedTuple):
    """What rose and fell in a group."""

    heading: str
    spans: str
    chart: Markup | None
    statement: str
    table: Table | None


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
        compared in each group, such as ``{"rt": (("2022-01", "2022-12"), ("2023-01", "2023-12"))}``. Groups with one
        period are missing.
    examples
        The most certain articles: ``topic``, ``group``, ``period``, ``id``, ``date``, ``title``, ``probability``.
    facts
        What was counted.
    language
        Of the page.
    """
    say, periods = messages(language), sorted(set(shares.period))
    span = span_name(periods[0], periods[-1], language)
    totals = shares.groupby("topic", sort=False).articles.sum()
    shown = [str(topic) for topic in totals.index if totals[topic]]
    groups = largest_groups(shares)
    topics = [
        _topic(f"t{number}", topic, shares[shares.topic == topic], examples[examples.topic == topic], facts, language)
        for number, topic in enumerate(shown, 1)
    ]
    body = render(
        "trends.html",
        say=say,
        lead=list(_lead(shares, facts, say, span)),
        explanation=list(map(_with_code, _explanation(shares, topics, facts, say))),
        mix=_with_code(_mix(facts.mix, say)) if facts.mix else "",
        has_spans=bool(changes.attrs["spans"]),
        changes=list(_changes(changes, groups, language)),
        topics=topics,
        all_large=len(topics) <= _FEW,
        anchors={topic.name: topic.anchor for topic in topics},
        first=shown.index(str(totals.idxmax())) if len(totals) > _CHOSEN and shown else 0,
        absent=[visible(topic_name(topic, language)) for topic in totals.index if not totals[topic]],
        caption=say("axis_corrected") if facts.checked else say("axis_uncorrected"),
        legend=drawing.legend(groups, language),
        largest=", ".join(group_name(group, language) for group in groups)
        if shares.group.nunique() > len(groups)
        else "",
        period_name=lambda period: period_name(period, language),
        facts=facts,
        visible=visible,
    )
    return page(say("title", span=span), body, language=language)


def _lead(shares: pd.DataFrame, facts: Facts, say: Messages, span: str) -> Iterator[str]:
    """Yield what a reader must know before the charts."""
    counts = {
        "day": say("days", n=(number := shares.period.nunique())),
        "week": say("weeks", n=number),
        "month": say("months_counted", n=number),
        "quarter": say("quarters_counted", n=number),
        "year": say("years", n=number),
    }
    yield say("counted", articles=say("articles", n=facts.articles), periods=counts[facts.by], span=span)
    if shares.share.isna().all():
        yield say("no_shares", fewer=say("fewer_articles", n=facts.min_articles))
    if not facts.checked:
        yield say("lead_uncorrected")
        return
    yield say("lead_corrected", by=say("by_articles", n=facts.checked))
    known = shares[shares.share.notna()].groupby(["group", "topic"]).corrected.count()
    if (known == 0).any():
        yield say("some_rare")


def _explanation(shares: pd.DataFrame, topics: Sequence[_Topic], facts: Facts, say: Messages) -> Iterator[str]:
    """Yield the paragraphs that tell how all was counted."""
    yield " ".join(_counted(shares, facts, say))
    yield " ".join(_intervals(shares, facts, say))
    yield say("changes_interval")
    yield " ".join(_corrections(facts, say))
    if any(topic.table.remark for topic in topics):
        yield say("all_periods")


def _mix(mix: Mix, say: Messages) -> str:
    earlier, later = (say("percent", number=say.plain(round(100 * part, 1))) for part in (mix.earlier, mix.later))
    name = group_name(mix.name, say.language)
    return say("mix", name=name, column=visible(mix.column), earlier=earlier, later=later)


def _with_code(text: str) -> Markup:
    """Return a text as HTML; what stands between backticks is to be typed."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _counted(shares: pd.DataFrame, facts: Facts, say: Messages) -> Iterator[str]:
    """Yield the sentences that tell what was counted and what was left out."""
    yield say("share_means")
    if facts.split:
        yield say("counted_split", split=visible(facts.split), groups=shares.group.nunique())
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
    """Yield what intervals and gaps mean."""
    yield say("sampling_band") if len(largest_groups(shares)) <= BANDED else say("sampling_numbers")
    yield say("sampling")
    if shares.share.isna().any():
        yield say("gaps", fewer=say("fewer_articles", n=facts.min_articles))


def _corrections(facts: Facts, say: Messages) -> Iterator[str]:
    """Yield what corrected or uncorrected shares are."""
    if not facts.checked:
        yield say("uncorrected")
        return
    yield say("corrected", by=say("by_articles", n=facts.checked))
    yield say("corrected_zero")
    if facts.split:
        yield say("corrected_pooled")


def _changes(changes: pd.DataFrame, groups: Sequence[str], language: Language) -> Iterator[_Changes]:
    say, spans = messages(language), changes.attrs["spans"]
    for number, group in enumerate(groups):
        rows = changes[changes.group == group]
        clear = rows[rows.change != "unclear"]
        yield _Changes(
            group_name(group, language) if len(groups) > 1 else "",
            _spans(spans[group], language) if group in spans else "",
            drawing.changes_chart(clear, f"changes-{number}", language) if len(clear) else None,
            _unclear(rows, len(clear), say),
            None if rows.difference.isna().all() else changes_table(rows, language),
        )


def _spans(halves: Sequence[tuple[str, str]], language: Language) -> str:
    """Say which spans are compared."""
    earlier, later = (span_name(first, last, language) for first, last in halves)
    return messages(language)("changes_spans", earlier=earlier, later=later)


def _unclear(rows: pd.DataFrame, clear: int, say: Messages) -> str:
    """Say of how many topics nothing can be said, and why."""
    if not len(rows):
        return say("changes_one")
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
        messages(language)("axis_corrected") if is_corrected(rows) else messages(language)("axis_uncorrected"),
        values_table(rows, language, checked=bool(facts.checked), reprints=bool(rows.reprints.any())),
        first,
        others,
    )
