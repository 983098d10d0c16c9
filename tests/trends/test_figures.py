import io

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
from matplotlib.figure import Figure

from classifier.errors import UsageError
from classifier.trends import figures
from classifier.trends.naming import GROUPS
from tests.trends import made_up
from tests.trends.made_up import MONTHS, TOPICS

GAPS = ("2022-05", "2022-07")  # June between them stands alone


@pytest.fixture(scope="module")
def table():
    return made_up.shares(TOPICS[:3], gaps=GAPS)


def heights(ax):
    """The heights of each line, gaps as NaN."""
    return [np.asarray(line.get_ydata(), float) for line in ax.lines if len(line.get_ydata()) > 2]


def names(axis):
    return [label.get_text().replace("\n", " ") for label in axis.get_ticklabels()]


def test_a_line_shows_the_shares_and_breaks_at_periods_with_too_few_articles(table):
    ax = figures.plot_share(table, TOPICS[0], language="ru")
    (line,) = heights(ax)
    np.testing.assert_array_equal(line, table[table.topic == TOPICS[0]].share)
    assert [MONTHS[place] for place in np.flatnonzero(np.isnan(line))] == list(GAPS)
    assert MONTHS.index("2022-06") in ax.lines[0].get_markevery()
    assert ax.get_ylim()[0] == 0
    assert ax.get_title() == "Дипломатия и внешняя политика"
    assert names(ax.xaxis)[:3] == ["янв 2022", "апр", "июл"]
    assert all(name.endswith("\u00a0%") for name in names(ax.yaxis))


def test_the_band_reaches_from_the_lower_to_the_upper_limit(table):
    band = figures.plot_share(table, TOPICS[0]).collections[0]
    rows = table[table.topic == TOPICS[0]]
    corners = np.concatenate([path.vertices for path in band.get_paths()])
    assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((rows.low.min(), rows.high.max()))


def test_corrected_shares_are_drawn_where_there_are_any_or_as_asked():
    table = made_up.shares(TOPICS[:2], checked=True, rare=TOPICS[:1])
    rare, common = (table[table.topic == topic] for topic in TOPICS[:2])
    np.testing.assert_array_equal(heights(figures.plot_share(table, TOPICS[0]))[0], rare.share)
    np.testing.assert_array_equal(heights(figures.plot_share(table, TOPICS[1]))[0], common.corrected)
    asked = figures.plot_share(table, TOPICS[1], corrected=False)
    np.testing.assert_array_equal(heights(asked)[0], common.share)


def test_groups_differ_in_line_and_marker_and_the_legend_names_them():
    groups = ("_rt", "$tass$", "", "ria", "lenta", "small")
    table = made_up.shares(TOPICS[:1], MONTHS[:6], groups)
    table.loc[table.group == "small", "all_articles"] = 30
    ax = figures.plot_share(table, TOPICS[0])
    drawn = [line for line in ax.lines if len(line.get_ydata()) == 6]
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == len(drawn) == GROUPS
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sorted(shown) == sorted(["_rt", "$tass$", "not known", "ria", "lenta"])
    ax.figure.savefig(io.BytesIO(), format="svg")
    only = figures.plot_share(table, TOPICS[0], group="small")
    assert len(heights(only)) == 1 and only.get_legend() is None


def test_counts_are_drawn_in_periods_with_few_articles_too(table):
    rows = table[table.topic == TOPICS[0]]
    steps = figures.plot_count(table, TOPICS[0]).patches[0]
    np.testing.assert_array_equal(steps.get_data().values, rows.articles)


def test_small_multiples_have_an_axes_for_each_topic_and_little_text(table):
    figure = figures.plot_multiples(table, TOPICS[:3], columns=2, language="en")
    assert [ax.get_title() for ax in figure.axes] == [
        "Diplomacy and foreign policy",
        "International organizations",
        "Sanctions",
    ]
    for ax in figure.axes:
        assert len(ax.get_yticks()) == 1 and len(ax.get_xticks()) <= 3


def test_changes_are_sorted_and_unclear_ones_are_open():
    changes = made_up.changes(made_up.shares(TOPICS[:8]))
    changes.loc[0, "change"] = "unclear"
    ax = figures.plot_changes(changes, language="ru")
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    ordered = changes.sort_values("difference", ascending=False)
    assert [dot.get_xdata()[0] for dot in dots] == pytest.approx(list(100 * ordered.difference))
    is_open = [dot.get_markerfacecolor() == "white" for dot in dots]
    assert is_open == list(ordered.change == "unclear")
    bars = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2][:8]
    assert [bar[0] for bar in bars] == pytest.approx(list(100 * ordered.low))
    assert names(ax.yaxis) == [made_up.taxonomy()[topic].ru for topic in ordered.topic]


def test_a_chart_is_drawn_into_axes_that_are_given(table):
    ax = Figure().subplots()
    assert figures.plot_share(table, TOPICS[0], ax=ax) is ax
    assert figures.plot_changes(made_up.changes(table), ax=ax) is ax


@pytest.mark.parametrize(
    ("periods", "named"),
    [
        (["2023"], ["2023"]),
        (["2022-Q4", "2023-Q1"], ["4th qtr 2022", "1st qtr 2023"]),
        ([f"2023-01-{day:02}" for day in range(1, 4)], ["1 Jan 2023", "2 Jan", "3 Jan"]),
        ([f"2023-W{week:02}" for week in range(1, 53)], ["Jan 2023", "Apr", "Jul", "Oct"]),
    ],
)
def test_few_periods_are_all_named_and_of_many_those_that_begin_a_longer_one(periods, named):
    ax = figures.plot_share(made_up.shares(TOPICS[:1], periods), TOPICS[0])
    assert names(ax.xaxis) == named


def test_700_days_have_few_names_and_a_line_without_markers():
    days = [str(day.date()) for day in made_up.pd.date_range("2022-02-03", periods=700)]
    ax = figures.plot_share(made_up.shares(TOPICS[:1], days), TOPICS[0])
    assert names(ax.xaxis) == ["Apr 2022", "Jul", "Oct", "Jan 2023", "Apr", "Jul", "Oct"] + ["Jan 2024"] * (
        days[-1] > "2024"
    )
    assert len(ax.lines[0].get_markevery()) < 10


def test_all_gaps_can_be_drawn():
    table = made_up.shares(TOPICS[:1], gaps=MONTHS)
    figures.plot_share(table, TOPICS[0]).figure.savefig(io.BytesIO(), format="svg")


def test_what_does_not_exist_is_refused_with_advice(table):
    with pytest.raises(UsageError, match="no shares of the topic 'nonsense': take one of the column topic"):
        figures.plot_share(table, "nonsense")
    with pytest.raises(UsageError, match="no shares of the group 'rt'"):
        figures.plot_count(table, TOPICS[0], group="rt")
    changes = made_up.changes(made_up.shares(TOPICS[:1], groups=("rt", "tass")))
    with pytest.raises(UsageError, match="changes have 2 groups: choose one, such as group='rt'"):
        figures.plot_changes(changes)
    with pytest.raises(UsageError, match="no changes of the group 'ria'"):
        figures.plot_changes(changes, "ria")


def test_a_table_that_was_saved_and_read_back_is_drawn(tmp_path):
    made_up.shares(TOPICS[:1], MONTHS[:4]).to_csv(tmp_path / "shares.csv", index=False)
    assert len(figures.plot_share(pd.read_csv(tmp_path / "shares.csv"), TOPICS[0]).lines)
