"""The charts of the page: large and small ones of a topic, and what rose and fell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from classifier.pages.messages import Language, messages
from classifier.text.display import visible
from classifier.topics import topic_name
from classifier.trends import figures
from classifier.trends.naming import group_name, largest_groups, period_name
from classifier.trends.parts import value_text
from classifier.trends.svg import Picture, inline_svg, picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# In points. On a phone, the page shows such charts at 0.6 of their size with larger letters, for which there is room.
_LARGE, _SMALL = (560, 250), (170, 92)
_MARGINS = {_LARGE: (56, 20, 10, 42), _SMALL: (42, 10, 6, 24)}  # left, right, top, bottom
_ROW = 40  # height of a topic among the changes: a line, and above it the name, with room to grow
_DASHES = {"-": "", "--": "7 3", ":": "1.5 2.5", "-.": "8 3 1.5 3"}
_MARKS = {"o": "●", "s": "■", "^": "▲", "D": "◆", "v": "▼"}


def large_chart(rows: pd.DataFrame, topic: str, name: str, language: Language) -> Markup:
    """Return a topic's shares and counts as one SVG element; the page shows one of them."""
    say, hovers = messages(language), hover_texts(rows, language)
    label = say("chart", topic=visible(topic_name(topic, language)))
    return inline_svg(_both(rows, topic, name, language, _LARGE), label, hovers, "large")


def small_chart(rows: pd.DataFrame, topic: str, name: str, language: Language) -> Markup:
    """Return a topic's shares and counts as one small SVG element."""
    return inline_svg(_both(rows, topic, name, language, _SMALL), "", (), "small")


def changes_chart(changes: pd.DataFrame, name: str, language: Language) -> Markup:
    """Return the changes of one group as an SVG element."""
    width, height = _LARGE[0], _ROW * len(changes) + 60
    ax, rows = _fixed((width, height), (8, 8, 2, 42)), changes.sort_values("difference", ascending=False)
    figures.draw_changes(ax, rows, messages(language))
    _name_changes(ax, rows, language)
    return inline_svg({"changes": picture(ax, name)}, messages(language)("chart_changes"), (), "large")


def legend(groups: Sequence[str], language: Language) -> list[tuple[Markup, str]]:
    """Return a sample of each group's line, and the group's name; nothing for a single line."""
    if len(groups) < 2:
        return []
    lines = zip(groups, figures.looks(len(groups)), strict=False)
    return [(_sample(look), group_name(group, language)) for group, look in lines]


def hover_texts(rows: pd.DataFrame, language: Language) -> list[str]:
    """Return what each period of a topic says: its name, and the share and the articles in each group.

    Parameters
    ----------
    rows
        Of one topic, with the columns that `with_values` adds.
    language
        Of the texts.
    """
    say, several = messages(language), rows.group.nunique() > 1
    shown = rows[rows.group.isin(largest_groups(rows))]
    texts: dict[str, str] = {}
    for row in figures.records(shown.sort_values("period", kind="stable")):
        name = texts.setdefault(row.period, period_name(row.period, language) + ":")
        group = f"\n{group_name(row.group, language)}:" if several else ""
        texts[row.period] = f"{name}{group} {value_text(row, say)}"
    return list(texts.values())


def _both(rows: pd.DataFrame, topic: str, name: str, language: Language, size: tuple[int, int]) -> dict[str, Picture]:
    lines, say, pictures = figures.lines_of(rows, topic), messages(language), {}
    for kind, draw in (("share", figures.draw_shares), ("count", figures.draw_counts)):
        ax = _fixed(size, _MARGINS[size])
        draw(ax, lines, say)
        pictures[kind] = picture(ax, f"{name}-{kind}-{size[0]}")
    return pictures


def _name_changes(ax: "Axes", rows: pd.DataFrame, language: Language) -> None:
    """Write the topics' names above their lines, from the left: on a phone there is no room beside a chart."""
    for place, topic in enumerate(rows.topic):
        name = figures.shortened(topic_name(topic, language))
        ax.annotate(
            name, (0, place), (2, 10), xycoords=("axes fraction", "data"),
            textcoords="offset points", fontsize=10, parse_math=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def _fixed(size: tuple[float, float], margins: tuple[float, float, float, float]) -> "Axes":
    """Return axes with margins in points: to fit them to the text takes three times as long as to draw."""
    (width, height), (left, right, top, bottom) = size, margins
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72))
    figure.patch.set_visible(False)
    return figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))


def _sample(look: figures.Look) -> Markup:
    return Markup(
        '<svg class="key" viewBox="0 0 36 12" aria-hidden="true"><line x1="0" x2="36" y1="6" y2="6" stroke="{}" '
        'stroke-width="2" stroke-dasharray="{}"/><text x="18" y="10" text-anchor="middle" fill="{}">{}</text></svg>'
    ).format(look.color, _DASHES[look.linestyle], look.color, _MARKS[look.marker])
