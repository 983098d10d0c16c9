import io

import numpy as np
import pandas as pd
import pytest

from classifier.evaluation import metrics
from classifier.evaluation.results import Results

pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
from classifier.evaluation import figures


@pytest.fixture(scope="module")
def results():
    """Random results of a model that is right more often than not; no text has the last topic."""
    random = np.random.RandomState(0)
    probabilities = random.rand(200, 4)
    y_true = (random.rand(200, 4) < probabilities).astype(np.int8)
    y_true[:, 3] = 0
    return Results(["диалог", "sport", "суд", "нет"], y_true, probabilities, np.array([0.3, 0.5, 0.7, 0.5]))


def dots(ax):
    """Return the places of the dots in some axes."""
    return [(float(x), float(y)) for line in ax.lines if line.get_marker() == "o" for x, y in line.get_xydata()]


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_the_dot_on_a_curve_shows_precision_and_recall_at_the_threshold(results):
    axes = figures.precision_recall(results).axes
    counts = zip(results.topics, results.y_true.sum(axis=0), strict=True)
    assert [ax.get_title() for ax in axes] == [f"{topic} ({count})" for topic, count in counts if count]
    scores = results.scores()
    for ax, topic in zip(axes, results.topics, strict=False):
        assert dots(ax) == [pytest.approx((scores.recall[topic], scores.precision[topic]))]


def test_the_reliability_curve_shows_the_table(results):
    curve, counts = figures.reliability(results).axes
    table = metrics.reliability(results.y_true, results.probabilities)
    assert dots(curve) == [pytest.approx(point) for point in zip(table.probability, table.right, strict=True)]
    assert [bar.get_height() for bar in counts.patches] == table.tags.tolist()


def test_a_bar_beside_each_threshold_covers_those_that_are_nearly_the_best(results):
    (ax,) = figures.thresholds(results).axes
    assert dots(ax) == [(0.3, 0), (0.5, 1), (0.7, 2)]
    assert labels(ax) == ["диалог", "sport", "суд"]
    cutoffs = np.linspace(0.01, 0.99, 99)
    for column, bar in enumerate(line for line in ax.lines if len(line.get_xdata()) == 2):
        low, high = bar.get_xdata()
        y_true = results.y_true[:, column]
        y_preds = [results.probabilities[:, column] >= cutoff for cutoff in cutoffs]
        f1 = np.array([2 * (y_true & y_pred).sum() / (y_true.sum() + y_pred.sum()) for y_pred in y_preds])
        good = cutoffs[f1 >= 0.95 * f1.max()]
        assert low <= good.min() and high >= good.max() - 0.01


def test_a_matrix_shows_its_numbers_off_the_diagonal(results):
    table = metrics.cooccurrence(results.y_true, results.topics)
    ax = figures.matrix(table, "topic", "topic").axes[0]
    shown = {(int(text.get_position()[1]), int(text.get_position()[0])): int(text.get_text()) for text in ax.texts}
    assert shown == {(row, column): table.iloc[row, column] for row in range(3) for column in range(3) if row != column}


def test_an_empty_matrix_can_be_drawn():
    assert figures.matrix(pd.DataFrame(np.zeros((2, 2)), list("ab"), list("ab")), "x", "y").axes


def test_a_group_is_a_row_of_dots(results):
    table = metrics.by_group(results.y_true, results.y_pred, ["а", "б"] * 100)
    (ax,) = figures.groups(table).axes
    assert dots(ax) == [(table.f1["а"], 0), (table.f1["б"], 1)]
    assert labels(ax) == ["а (100)", "б (100)"]


@pytest.mark.parametrize("name", ["$x^2$", r"$\frac$", "US$ and A$"])
def test_names_are_drawn_as_they_are_and_not_as_formulas(name):
    y_true, probabilities = np.array([[1], [0], [1]], np.int8), np.array([[0.9], [0.4], [0.3]])
    results = Results([name], y_true, probabilities, np.array([0.5]))
    drawn = [
        figures.precision_recall(results).axes[0].title,
        *figures.thresholds(results).axes[0].get_yticklabels(),
        *figures.matrix(metrics.cooccurrence(y_true, [name]), "x", "y").axes[0].get_xticklabels(),
        *figures.groups(metrics.by_group(y_true, results.y_pred, [name] * 3)).axes[0].get_yticklabels(),
    ]
    assert len(drawn) == 4
    for text in drawn:
        text.figure.savefig(io.BytesIO(), format="svg")
        assert text.get_text().startswith(name) and not text.get_parse_math()
