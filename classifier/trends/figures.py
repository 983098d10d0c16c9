"""Trends to matplotlib axes and figures, for the page and for notebooks; they read well in grey."""

from collections.abc import Sequence
from textwrap import shorten
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from classifier.arrays import BoolArray
from classifier.errors import UsageError
from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible
from classifier.topics import topic_name
from classifier.trends.naming import group_name, ticks

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, MaxNLocator
except ImportError as error:
    raise UsageError("charts of trends need matplotlib: pip install matplotlib") from error

_BLUE, _DARK, _PALE, _GREY = "#2171b5", "#222222", "#c6dbef", "#888888"
GROUPS = 5  # lines that can be told apart without colours
_MARKED = 60  # periods up to which each has a marker
_BANDED = 3  # groups up to which each has a band


class Look(NamedTuple):
    """How the line of a group is drawn."""

    color: str
    linestyle: str
    marker: str


def plot_share(
    shares: pd.DataFrame,
    topic: str,
    group: str | None = None,
    ax: Axes | None = None,
    corrected: bool | None = None,
    language: Language = "en",
) -> Axes:
    """Draw a topic's share over time with its interval; periods with too few articles are gaps.

    Parameters
    ----------
    shares
        A row for each period, group and topic, as `TrendsPage` describes them.
    topic
        Its id.
    group
        None: each group is a line, up to the `GROUPS` with most articles.
    ax
        Axes to draw in; None: new ones.
    corrected
        Whether to draw the shares that a checked sample corrects; None: where there are any.
    language
        Of names and numbers.

    Raises
    ------
    UsageError
        There is no such topic or group.
    """
    ax, say = _axes(ax), messages(language)
    lines = _lines(shares, topic, group)
    for look, rows in zip(looks(len(lines)), lines.values(), strict=False):
        share, low, high = (column.to_numpy(float) for column in values(rows, corrected))
        _draw_line(ax, look, share, (low, high) if len(lines) <= _BANDED else None)
    _finish(ax, lines, topic, say)
    ax.set_ylabel(say("axis_share"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: _percent(share, say)))
    return ax


def plot_count(
    shares: pd.DataFrame, topic: str, group: str | None = None, ax: Axes | None = None, language: Language = "en"
) -> Axes:
    """Draw the number of a topic's articles over time; parameters and errors as of `plot_share`."""
    ax, say = _axes(ax), messages(language)
    lines = _lines(shares, topic, group)
    for look, rows in zip(looks(len(lines)), lines.values(), strict=False):
        counts = rows.articles.to_numpy(float)
        if len(lines) == 1:
            edges = np.arange(len(counts) + 1) - 0.5
            ax.stairs(counts, edges, fill=True, color=_PALE)
            ax.stairs(counts, edges, color=_BLUE, linewidth=1)
        else:
            _draw_line(ax, look, counts, None)
    _finish(ax, lines, topic, say)
    ax.set_ylabel(say("axis_count"))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda count, _: say.number(round(count))))
    return ax


def plot_multiples(
    shares: pd.DataFrame, topics: Sequence[str], columns: int = 5, *, counts: bool = False, language: Language = "en"
) -> Figure:
    """Draw small charts of topics, each with a scale of its own; a UsageError as of `plot_share`."""
    columns = max(1, min(columns, len(topics)))
    rows = max(1, -(-len(topics) // columns))
    figure = Figure(figsize=(2.4 * columns, 1.6 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, topic in zip(axes, topics, strict=False):
        plot = plot_count if counts else plot_share
        shrink(plot(shares, topic, ax=ax, language=language), sorted(set(shares.period)), language)
    for ax in axes[len(topics) :]:
        ax.remove()
    return figure


def plot_changes(
    changes: pd.DataFrame, group: str | None = None, ax: Axes | None = None, language: Language = "en"
) -> Axes:
    """Draw by how much topics rose and fell: a dot with its interval for each, open where it is unclear.

    Parameters
    ----------
    changes
        A row for each group and topic, as `TrendsPage` describes them.
    group
        None: the only one.
    ax
        Axes to draw in; None: new ones, as high as the topics need.
    language
        Of names and numbers.

    Raises
    ------
    UsageError
        There is no such group, or there are several and none is chosen.
    """
    rows = changes[changes.group == _only_group(changes, group)].sort_values("difference", ascending=False)
    ax, say = ax or Figure(figsize=(7, 0.9 + 0.36 * len(rows)), layout="constrained").subplots(), messages(language)
    for place, row in enumerate(rows.itertuples()):
        clear = row.change != "unclear"
        color = _BLUE if clear else _GREY
        ax.plot((100 * row.low, 100 * row.high), (place, place), color=color, linewidth=2 if clear else 1)
        face = color if clear else "white"
        ax.plot(100 * row.difference, place, "o", color=color, markerfacecolor=face, markersize=6)
        ax.annotate(
            visible(topic_name(row.topic, language)), (0, place), (2, 4), xycoords=("axes fraction", "data"),
            textcoords="offset points", fontsize=9, color=_DARK, parse_math=False,
        )  # fmt: skip
    ax.axvline(0, color="#aaaaaa", linewidth=0.8, zorder=0)
    ax.set(ylim=(max(len(rows), 1) - 0.5, -0.8), yticks=(), xlabel=say("axis_change"))
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda points, _: say.plain(points)))
    _clean(ax, "x")
    return ax


def shrink(ax: Axes, periods: Sequence[str], language: Language) -> None:
    """Make a chart a small one: little text, and few ticks."""
    ax.set(xlabel="", ylabel="")
    ax.set_title(ax.get_title(), fontsize=8, wrap=True, parse_math=False)
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 < tick <= ax.get_ylim()[1]][-1:])
    named = ticks(periods, 3, language)
    ax.set_xticks([tick.place for tick in named], [tick.name for tick in named])
    ax.tick_params(labelsize=8, length=2)
    for line in ax.lines:
        line.set_markevery(list(_alone(~np.isnan(np.asarray(line.get_ydata(), float)))))
    if legend := ax.get_legend():
        legend.remove()


def values(rows: pd.DataFrame, corrected: bool | None = None) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the shares of a topic in a group and their limits: corrected ones if there are any, or as is asked."""
    if rows.corrected.notna().any() if corrected is None else corrected:
        return rows.corrected, rows.corrected_low, rows.corrected_high
    return rows.share, rows.low, rows.high


def looks(lines: int) -> list[Look]:
    """Return how lines are drawn; those of groups differ in line and marker, not in colour alone."""
    if lines == 1:
        return [Look(_BLUE, "-", "o")]
    return [
        Look("#08306b", "-", "o"),
        Look("#4292c6", "--", "s"),
        Look(_DARK, ":", "^"),
        Look(_BLUE, "-.", "D"),
        Look(_GREY, "-", "v"),
    ]


def largest_groups(shares: pd.DataFrame) -> list[str]:
    """Return the groups that charts show, those with most articles first."""
    articles = shares.drop_duplicates(["group", "period"]).groupby("group").all_articles.sum()
    return list(articles.sort_values(ascending=False, kind="stable").index[:GROUPS])


def _axes(ax: Axes | None) -> Axes:
    return ax or Figure(figsize=(7, 3.5), layout="constrained").subplots()


def _lines(shares: pd.DataFrame, topic: str, group: str | None) -> dict[str, pd.DataFrame]:
    """Return the rows of a topic for each group that is drawn, in the order of periods."""
    rows = shares[shares.topic == topic]
    if rows.empty:
        raise UsageError(f"there are no shares of the topic {topic!r}: take one of the column topic")
    groups = largest_groups(shares) if group is None else [group]
    lines = {name: rows[rows.group == name].sort_values("period") for name in groups}
    if any(line.empty for line in lines.values()):
        raise UsageError(f"there are no shares of the group {group!r}: take one of the column group")
    return lines


def _only_group(changes: pd.DataFrame, group: str | None) -> str:
    groups = list(changes.group.unique())
    if group is None and len(groups) > 1:
        raise UsageError(f"changes have {len(groups)} groups: choose one, such as group={groups[0]!r}")
    if group is not None and group not in groups:
        raise UsageError(f"there are no changes of the group {group!r}: take one of the column group")
    return groups[0] if group is None and groups else group or ""




def _draw_line(ax: Axes, look: Look, heights: Any, band: tuple[Any, Any] | None) -> None:
    """Draw a line that breaks at gaps; a period between two gaps is a dot."""
    places, known = np.arange(len(heights)), ~np.isnan(heights)
    alone = _alone(known)
    every = 1 if len(heights) <= _MARKED else max(len(heights) // 8, 1)
    marked = alone | (known & (places % every == 0) if every == 1 or look.marker != "o" or band is None else alone)
    if band:
        ax.fill_between(places, *band, color=look.color, alpha=0.18, linewidth=0)
        ax.vlines(places[alone], band[0][alone], band[1][alone], color=look.color, alpha=0.35, linewidth=3)
    ax.plot(
        places, heights, look.linestyle, color=look.color, linewidth=1.6, marker=look.marker,
        markersize=3.5, markevery=list(places[marked]),
    )  # fmt: skip


def _alone(known: BoolArray) -> BoolArray:
    """Whether a known value stands between two gaps."""
    before, after = np.r_[False, known[:-1]], np.r_[known[1:], False]
    return known & ~before & ~after


def _finish(ax: Axes, lines: dict[str, pd.DataFrame], topic: str, say: Messages) -> None:
    """Name the topic, the groups and some periods, and start at zero."""
    periods = list(next(iter(lines.values())).period)
    named = ticks(periods, 8, say.language)
    ax.set_xticks([tick.place for tick in named], [tick.name for tick in named])
    ax.set(xlim=(-0.7, len(periods) - 0.3), ylim=(0, ax.get_ylim()[1]))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    ax.set_title(visible(topic_name(topic, say.language)), fontsize=10, wrap=True, parse_math=False)
    _clean(ax, "y")
    if len(lines) > 1:
        handles = [_sample(look) for look in looks(len(lines))[: len(lines)]]
        # The names are set afterwards: matplotlib leaves out labels that begin with "_", and reads "$" as a formula.
        legend = ax.legend(handles, ["-"] * len(handles), frameon=False, fontsize=9, ncols=len(handles), loc="best")
        for text, name in zip(legend.get_texts(), lines, strict=True):
            text.set(text=shorten(group_name(name, say.language), 24, placeholder="…"), parse_math=False)


def _sample(look: Look) -> Line2D:
    return Line2D([], [], color=look.color, linestyle=look.linestyle, marker=look.marker, markersize=3.5)


def _percent(share: float, say: Messages) -> str:
    return say("percent", number=say.plain(100 * share))


def _clean(ax: Axes, axis: Literal["x", "y"]) -> None:
    """Leave of the frame only what helps to read the values."""
    ax.grid(axis=axis, color="#dddddd", linewidth=0.5)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(axis="y", length=0)
