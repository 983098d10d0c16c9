"""Results to matplotlib figures, for the report and for notebooks; their colours print well in grey."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from sklearn.metrics import precision_recall_curve

from classifier.arrays import Float64Array, IndicatorArray
from classifier.evaluation.metrics import reliability as reliability_table
from classifier.evaluation.results import Results
from classifier.pages.messages import Language, Messages, messages
from classifier.text.display import visible

_BLUE, _DARK, _PALE = "#2171b5", "#222222", "#c6dbef"
_NEAR_BEST = 0.95  # of a topic's best F1: thresholds that reach it are drawn as good
_ANNOTATED = 12  # topics up to which the cells of a matrix show their numbers


def precision_recall(results: Results, columns: int = 5, language: Language = "en") -> Figure:
    """Draw precision over recall for each topic, with a dot at its threshold."""
    say, topics = (
        messages(language),
        [column for column in range(len(results.topics)) if results.y_true[:, column].any()],
    )
    columns = min(columns, len(topics))
    rows = -(-len(topics) // columns)
    figure = Figure(figsize=(2.2 * columns, 1.9 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for ax, column in zip(axes, topics, strict=False):
        y_true, probabilities = results.y_true[:, column], results.probabilities[:, column]
        precision, recall, cutoffs = precision_recall_curve(y_true, probabilities)
        at = np.searchsorted(cutoffs, results.thresholds[column])
        ax.step(recall, precision, where="post", color=_BLUE, linewidth=1.3)
        ax.plot(recall[at], precision[at], "o", color=_DARK, markersize=5)
        ax.set_title(f"{visible(results.topics[column])} ({y_true.sum()})", fontsize=8, parse_math=False)
        ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.05), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        ax.grid(color="#dddddd", linewidth=0.5)
        _localize(say, ax)
    for ax in axes[len(topics) :]:
        ax.remove()
    figure.supxlabel(say("recall"), fontsize=9)
    figure.supylabel(say("precision"), fontsize=9)
    return figure


def reliability(results: Results, language: Language = "en") -> Figure:
    """Draw how often topics of a probability are right, and below how many topics have that probability."""
    say, table = messages(language), reliability_table(results.y_true, results.probabilities)
    figure = Figure(figsize=(5, 5), layout="constrained")
    curve, counts = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    curve.plot((0, 1), (0, 1), linestyle="--", color="#888888", linewidth=1, label=say("perfect"))
    curve.plot(table.probability, table.right, "o-", color=_BLUE, label=say("measured"))
    curve.set(ylabel=say("share_right"), xlim=(0, 1), ylim=(0, 1))
    curve.legend(frameon=False)
    counts.bar(table.index, table.tags, width=0.1, align="edge", color=_PALE, edgecolor=_BLUE)
    counts.set(yscale="log", xlabel=say("score_probability"), ylabel=say("tags"))
    for ax in (curve, counts):
        ax.grid(color="#dddddd", linewidth=0.5)
        ax.set_axisbelow(True)
    _localize(say, curve)
    return figure


def thresholds(results: Results, language: Language = "en") -> Figure:
    """Draw each topic's threshold and the range of thresholds that would be good on these texts."""
    say, topics = (
        messages(language),
        [column for column in range(len(results.topics)) if results.y_true[:, column].any()],
    )
    figure = Figure(figsize=(7, 0.8 + 0.22 * len(topics)), layout="constrained")
    ax = figure.subplots()
    for place, column in enumerate(topics):
        good = _good_thresholds(results.y_true[:, column], results.probabilities[:, column])
        ax.plot(good, (place, place), color=_PALE, linewidth=6, solid_capstyle="butt")
        ax.plot(results.thresholds[column], place, "o", color=_DARK, markersize=4)
    ax.plot([], [], color=_PALE, linewidth=6, label=say("good_thresholds", percent=round(100 * _NEAR_BEST)))
    ax.plot([], [], "o", color=_DARK, markersize=4, label=say("threshold"))
    ax.set_yticks(
        range(len(topics)), [visible(results.topics[column]) for column in topics], fontsize=8, parse_math=False
    )
    ax.set(xlim=(0, 1), ylim=(len(topics) - 0.4, -0.6), xlabel=say("score_probability"))
    ax.grid(axis="x", color="#dddddd", linewidth=0.5)
    ax.set_axisbelow(True)
    _localize(say, ax, y=False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize=9)
    return figure


def _good_thresholds(y_true: IndicatorArray, probabilities: Float64Array) -> tuple[float, float]:
    """Return the lowest and the highest threshold whose F1 is near the best."""
    precision, recall, cutoffs = precision_recall_curve(y_true, probabilities)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    good = np.flatnonzero(f1[:-1] >= _NEAR_BEST * f1[:-1].max())
    return float(cutoffs[good[0] - 1] if good[0] else 0.0), float(cutoffs[good[-1]])


def matrix(table: pd.DataFrame, rows: str, columns: str) -> Figure:
    """Draw a square table over topics as shades, without its diagonal."""
    values = table.to_numpy(float) * (1 - np.eye(len(table)))
    side = 2.5 + 0.17 * len(table)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    ax = figure.subplots()
    image = ax.imshow(np.where(values > 0, values, np.nan), cmap="Blues", norm=PowerNorm(0.5, 0, max(values.max(), 1)))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks(range(len(table)), [visible(str(name)) for name in table.index], fontsize=7, parse_math=False)
    ax.tick_params(axis="x", rotation=90)
    ax.set(xlabel=columns, ylabel=rows)
    ax.plot((-0.5, len(table) - 0.5), (-0.5, len(table) - 0.5), color="#bbbbbb", linewidth=0.5)
    if len(table) <= _ANNOTATED:
        _write_numbers(ax, values)
    figure.colorbar(image, ax=ax, shrink=0.5, label="texts", ticks=MaxNLocator(6, integer=True))
    return figure


def _write_numbers(ax: Axes, values: Float64Array) -> None:
    for row, column in zip(*np.nonzero(values), strict=True):
        dark = values[row, column] > values.max() / 3
        ax.text(column, row, f"{values[row, column]:.0f}", ha="center", va="center", color="white" if dark else _DARK)


def groups(table: pd.DataFrame, language: Language = "en") -> Figure:
    """Draw the scores of groups of texts, as from `metrics.by_group`: a row of dots for each."""
    say = messages(language)
    names = {"precision": say("precision"), "recall": say("recall"), "f1": say("f1")}
    figure = Figure(figsize=(7, 0.9 + 0.28 * len(table)), layout="constrained")
    ax = figure.subplots()
    for (column, name), marker, colour in zip(names.items(), "<>o", ("#6baed6", "#6baed6", _DARK), strict=True):
        ax.plot(table[column], range(len(table)), marker, color=colour, markersize=6, label=name)
    labels = [f"{visible(str(group))} ({say.number(articles)})" for group, articles in table.articles.items()]
    ax.set_yticks(range(len(table)), labels, fontsize=9, parse_math=False)
    ax.set(xlim=(0, 1.02), ylim=(len(table) - 0.4, -0.6))
    ax.grid(color="#dddddd", linewidth=0.5)
    ax.set_axisbelow(True)
    _localize(say, ax, y=False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False, fontsize=9)
    return figure


def _localize(say: Messages, ax: Axes, *, y: bool = True) -> None:
    """Write the numbers at the axes as the language does."""
    for axis in (ax.xaxis, ax.yaxis)[: 1 + y]:
        axis.set_major_formatter(FuncFormatter(lambda number, _: say.plain(number)))
