import numpy as np
import pandas as pd
import pytest

from classifier import evaluate, figures
from classifier.evaluate import Results


@pytest.fixture(scope="module")
def results():
    """Random results of a model that is right more often than not; no text has the last topic."""
    random = np.random.RandomState(0)
    probabilities = random.rand(200, 4)
    wanted = (random.rand(200, 4) < probabilities).astype(np.int8)
    wanted[:, 3] = 0
    return Results(["диалог", "sport", "суд", "нет"], wanted, probabilities, np.array([0.3, 0.5, 0.7, 0.5]))


def dots(ax):
    """Where the dots of an axes stand."""
    return [(float(x), float(y)) for line in ax.lines if line.get_marker() == "o" for x, y in line.get_xydata()]


def test_a_dot_on_the_curve_shows_what_the_threshold_gives(results):
    axes = figures.precision_recall(results).axes
    assert [ax.get_title() for ax in axes] == [
        f"{topic} ({count})" for topic, count in zip(results.topics, results.wanted.sum(axis=0), strict=True) if count
    ]
    scores = results.scores()
    for ax, topic in zip(axes, results.topics, strict=False):
        assert dots(ax) == [pytest.approx((scores.recall[topic], scores.precision[topic]))]


def test_the_reliability_curve_is_the_table(results):
    curve, counts = figures.reliability(results).axes
    table = evaluate.reliability(results.wanted, results.probabilities)
    assert dots(curve) == [pytest.approx(point) for point in zip(table.probability, table.right, strict=True)]
    assert [bar.get_height() for bar in counts.patches] == table.tags.tolist()


def test_thresholds_stand_beside_cuts_that_reach_nearly_the_best_f1(results):
    (ax,) = figures.thresholds(results).axes
    assert dots(ax) == [(0.3, 0), (0.5, 1), (0.7, 2)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["диалог", "sport", "суд"]
    cuts = np.linspace(0.01, 0.99, 99)
    for column, bar in enumerate(line for line in ax.lines if len(line.get_xdata()) == 2):
        low, high = bar.get_xdata()
        wanted = results.wanted[:, column]
        f1 = np.array(
            [
                2 * (wanted & (p := results.probabilities[:, column] >= cut)).sum() / (wanted.sum() + p.sum())
                for cut in cuts
            ]
        )
        good = cuts[f1 >= 0.95 * f1.max()]
        assert low <= good.min() and high >= good.max() - 0.01


def test_a_matrix_shows_its_numbers_off_the_diagonal(results):
    table = evaluate.cooccurrence(results.wanted, results.topics)
    ax = figures.matrix(table, "topic", "topic").axes[0]
    shown = {(int(text.get_position()[1]), int(text.get_position()[0])): int(text.get_text()) for text in ax.texts}
    assert shown == {(row, column): table.iloc[row, column] for row in range(3) for column in range(3) if row != column}


def test_an_empty_matrix_can_be_drawn():
    assert figures.matrix(pd.DataFrame(np.zeros((2, 2)), list("ab"), list("ab")), "x", "y").axes


def test_groups_are_rows_of_dots(results):
    table = evaluate.by_group(results.wanted, results.given, ["а", "б"] * 100)
    (ax,) = figures.groups(table).axes
    assert dots(ax) == [(table.f1["а"], 0), (table.f1["б"], 1)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["а (100)", "б (100)"]
