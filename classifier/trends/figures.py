"""Trends to matplotlib axes and figures, for the page and for notebooks; they read well in grey."""

from collections.abc import Iterator, Sequence
from textwrap import fill
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from classifier.arrays import Float64Array
from classifier.data.frames import check_columns
from classifier.errors import UsageError
from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible
from classifier.topics import topic_name
from classifier.trends.naming import group_name, largest_groups, ticks

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FuncFormatter, MaxNLocator
except ImportError as error:
    raise UsageError("charts need matplotlib: pip install 'news-topics[report]'") from error

_BLUE, _DARK, _PALE, _GREY = "#2171b5", "#222222", "#c6dbef", "#888888"
_MARKED = 60  # periods up to which each has a marker
_SMALL = 3  # inches: narrower axes have little text
BANDED = 3  # groups up to which each has a band


class Look(NamedTuple):
    """How the line of a group is drawn."""

    color: str
    linestyle: Literal["-", "--", ":", "-."]
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
        A row for each period, group and topic, as `classifier.trends.page.render_page` describes them.
    topic
        Its id.
    group
        None: each group is a line, up to five, those with most articles.
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
    lines = lines_of(shares, topic, group)
    draw_shares(ax, lines, say, corrected)
    _name(ax, lines, topic, say)
    shown = [is_corrected(rows) if corrected is None else corrected for rows in lines.values()]
    ax.set_ylabel(say("axis_corrected") if any(shown) else say("axis_share"))
    return ax


def plot_count(
    shares: pd.DataFrame, topic: str, group: str | None = None, ax: Axes | None = None, language: Language = "en"
) -> Axes:
    """Draw the number of a topic's articles over time; parameters and errors as of `plot_share`."""
    ax, say = _axes(ax), messages(language)
    lines = lines_of(shares, topic, group)
    draw_counts(ax, lines, say)
    _name(ax, lines, topic, say)
    ax.set_ylabel(say("axis_count"))
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
        draw = draw_counts if counts else draw_shares
        draw(ax, lines_of(shares, topic), messages(language))
        _entitle(ax, topic, language, 8)
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
        A row for each group and topic, as `classifier.trends.page.render_page` describes them.
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
    ax = ax or Figure(figsize=(9, 0.9 + 0.3 * len(rows)), layout="constrained").subplots()
    draw_changes(ax, rows, messages(language))
    names = [shortened(topic_name(topic, language)) for topic in rows.topic]
    ax.set_yticks(range(len(rows)), names, fontsize=9, parse_math=False)
    return ax


def draw_changes(ax: Axes, rows: pd.DataFrame, say: Messages) -> None:
    """Draw changes and ticks, without the topics' names; the first row is at the top."""
    ax.hlines(range(len(rows)), 0, 1, transform=ax.get_yaxis_transform(), color="#e5e5e5", linewidth=0.8, zorder=0)
    for place, row in enumerate(records(rows)):
        clear = row.change != "unclear"
        color = _BLUE if clear else _GREY
        ax.plot((100 * row.low, 100 * row.high), (place, place), color=color, linewidth=2 if clear else 1)
        face = color if clear else "white"
        ax.plot(100 * row.difference, place, "o", color=color, markerfacecolor=face, markersize=6)
    ax.axvline(0, color="#aaaaaa", linewidth=0.8, zorder=0)
    ax.set(ylim=(max(len(rows), 1) - 0.5, -0.7), yticks=(), xlabel=say("axis_change"))
    ax.tick_params(axis="y", length=0)
    ax.xaxis.labelpad = 9  # the page enlarges letters on a phone
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda points, _: say.plain(points)))
    _clean(ax, "x")


def draw_shares(ax: Axes, lines: dict[str, pd.DataFrame], say: Messages, corrected: bool | None = None) -> None:
    """Draw shares and ticks, without words; parameters as of `plot_share`, `lines` as from `lines_of`."""
    for look, rows in zip(looks(len(lines)), lines.values(), strict=False):
        share, low, high = (column.to_numpy(float) for column in values(rows, corrected))
        _draw_line(ax, look, share, (low, high) if len(lines) <= BANDED else None)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: say("percent", number=say.plain(100 * share))))
    _set_ticks(ax, list(next(iter(lines.values())).period), say.language, whole=False)


def draw_counts(ax: Axes, lines: dict[str, pd.DataFrame], say: Messages) -> None:
    """Draw numbers of articles and ticks, without words; parameters as of `draw_shares`."""
    for look, rows in zip(looks(len(lines)), lines.values(), strict=False):
        counts = rows.articles.to_numpy(float)
        if len(lines) == 1:
            edges = np.arange(len(counts) + 1) - 0.5
            ax.stairs(counts, edges, fill=True, facecolor=_PALE, edgecolor=_BLUE, linewidth=1)
        else:
            _draw_line(ax, look, counts, None)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda count, _: say.number(round(count))))
    _set_ticks(ax, list(next(iter(lines.values())).period), say.language, whole=True)


def is_corrected(rows: pd.DataFrame) -> bool:
    """Whether there is a corrected share."""
    return bool(rows.corrected.notna().any())


def values(rows: pd.DataFrame, corrected: bool | None = None) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Return the shares of a topic in a group and their limits: corrected ones if there are any, or as is asked."""
    if is_corrected(rows) if corrected is None else corrected:
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


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a frame, their columns as attributes."""
    return iter(frame.itertuples())


def _axes(ax: Axes | None) -> Axes:
    return ax or Figure(figsize=(7, 3.5), layout="constrained").subplots()


def lines_of(shares: pd.DataFrame, topic: str, group: str | None = None) -> dict[str, pd.DataFrame]:
    """Return the rows of a topic for each group that `plot_share` draws, in the order of periods."""
    shares = shares.assign(group=shares.group.astype(object).fillna(""))  # a table that is read back has gaps there
    rows = shares[shares.topic == topic]
    if rows.empty:
        raise UsageError(f"there are no shares of the topic {topic!r}: take one of the column topic")
    groups = largest_groups(shares) if group is None else [group]
    lines = {name: rows[rows.group == name].sort_values("period") for name in groups}
    if any(line.empty for line in lines.values()):
        raise UsageError(f"there are no shares of the group {group!r}: take one of the column group")
    return lines


def _only_group(changes: pd.DataFrame, group: str | None) -> str:
    check_columns(changes, "group", "difference", "change")
    groups = list(changes.group.unique())
    if group is None and len(groups) > 1:
        raise UsageError(f"changes have {len(groups)} groups: choose one, such as group={groups[0]!r}")
    if group is not None and group not in groups:
        raise UsageError(f"there are no changes of the group {group!r}: take one of the column group")
    return groups[0] if group is None and groups else group or ""


def _draw_line(ax: Axes, look: Look, heights: Float64Array, band: tuple[Float64Array, Float64Array] | None) -> None:
    """Draw a line that breaks at gaps; a period between two gaps is a dot."""
    places, known = np.arange(len(heights)), ~np.isnan(heights)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    marked = alone if _is_small(ax) else alone | known & (places % (1 + len(heights) // _MARKED * 8) == 0)
    if band:
        ax.fill_between(places, *band, color=look.color, alpha=0.18, linewidth=0)
        ax.vlines(places[alone], band[0][alone], band[1][alone], color=look.color, alpha=0.35, linewidth=3)
    ax.plot(
        places, heights, look.linestyle, color=look.color, linewidth=1.6, marker=look.marker,
        markersize=3.5, markevery=list(places[marked]),
    )  # fmt: skip


def _set_ticks(ax: Axes, periods: Sequence[str], language: Language, *, whole: bool) -> None:
    """Start at zero, and name some periods and heights: in a small chart three and one, with which it is read fast."""
    small = _is_small(ax)
    ax.set(xlim=(-0.7, len(periods) - 0.3), ylim=(0, 1.05 * ax.get_ylim()[1]))
    named = ticks(periods, 3 if small else 8, language)
    # Letters have room to grow: the page enlarges them on a phone.
    labels: dict[str, Any] = {"fontsize": 8, "linespacing": 1.2} if small else {"fontsize": 10, "linespacing": 1.5}
    ax.set_xticks([tick.place for tick in named], [tick.name for tick in named], **labels)
    ax.tick_params(axis="y", length=0, labelsize=labels["fontsize"])
    heights = MaxNLocator(4, integer=whole).tick_values(0, ax.get_ylim()[1])
    shown = [height for height in heights if height <= ax.get_ylim()[1]]
    ax.set_yticks(shown[-1:] if small else shown)
    _clean(ax, "y")


def _is_small(ax: Axes) -> bool:
    return ax.get_window_extent().width / ax.figure.dpi < _SMALL


def _name(ax: Axes, lines: dict[str, pd.DataFrame], topic: str, say: Messages) -> None:
    """Write a topic's name above a chart, and those of the groups in it."""
    _entitle(ax, topic, say.language, 10)
    if len(lines) > 1:
        handles = [_sample(look) for look in looks(len(lines))[: len(lines)]]
        # The names are set afterwards: matplotlib leaves out labels that begin with "_", and reads "$" as a formula.
        legend = ax.legend(handles, ["-"] * len(handles), frameon=False, fontsize=9, loc="best")
        for text, name in zip(legend.get_texts(), lines, strict=True):
            text.set(text=shortened(group_name(name, say.language), 24), parse_math=False)


def _entitle(ax: Axes, topic: str, language: Language, size: int) -> None:
    ax.set_title(fill(visible(topic_name(topic, language)), 36), fontsize=size, parse_math=False)


def shortened(name: str, most: int = 55) -> str:
    """Return a name, safe to print, with at most so many characters."""
    name = visible(name)
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _sample(look: Look) -> Line2D:
    return Line2D([], [], color=look.color, linestyle=look.linestyle, marker=look.marker, markersize=3.5)


def _clean(ax: Axes, axis: Literal["x", "y"]) -> None:
    """Leave of the frame only what helps to read the values."""
    ax.grid(axis=axis, color="#dddddd", linewidth=0.5)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left"]].set_visible(False)
