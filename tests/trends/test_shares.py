"""Shares of topics over time: what is counted, and what intervals say."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from classifier.errors import Error, UsageError
from classifier.trends import join_clusters, shares
from classifier.trends.counting import Plan, count
from classifier.trends.shares import COLUMNS, is_shares


def news(*rows):
    """Return articles of (date, topics, number)."""
    return pd.DataFrame([{"date": date, "topics": topics} for date, topics, number in rows for _ in range(number)])


def row(table, **where):
    found = table[(table[list(where)] == pd.Series(where)).all(axis=1)]
    assert len(found) == 1
    return found.iloc[0]


def test_every_period_and_topic_has_a_row():
    table = shares(news(("2023-01-05", ["sport"], 40), ("2023-03-05", ["trade", "sport"], 30)))
    assert list(table.columns) == COLUMNS
    assert table.period.tolist() == ["2023-01", "2023-01", "2023-02", "2023-02", "2023-03", "2023-03"]
    january = row(table, period="2023-01", topic="sport")
    assert (january.articles, january.all_articles, january.share) == (40, 40, 1)
    assert row(table, period="2023-01", topic="trade").share == 0


def test_a_period_of_few_articles_has_no_share():
    table = shares(news(("2023-01-05", ["sport"], 40), ("2023-02-05", ["sport"], 29)))
    february = row(table, period="2023-02")
    assert february.articles == 29 and np.isnan([february.share, february.low, february.high]).all()
    assert row(shares(news(("2023-02-05", ["sport"], 29)), min_articles=20), period="2023-02").share == 1


def test_independent_articles_have_wilsons_interval():
    table = shares(news(("2023-01-05", ["sport"], 10), ("2023-01-05", [], 90)), "day")
    expected = binomtest(10, 100).proportion_ci(method="wilson")
    assert (table.low[0], table.high[0]) == (round(expected.low, 6), round(expected.high, 6))


def test_days_of_one_article_are_independent():
    days = [f"2023-01-{day:02}" for day in range(1, 31)]
    table = shares(news(*((day, ["sport"] if day.endswith("5") else [], 1) for day in days)))
    expected = binomtest(3, 30).proportion_ci(method="wilson")
    assert (table.low[0], table.high[0]) == (round(expected.low, 6), round(expected.high, 6))


def test_the_limits_of_a_topic_that_no_article_has_start_at_zero():
    table = shares(news(("2023-01-05", [], 100)), topics=["sport"])
    assert table.low[0] == 0 and 0.03 < table.high[0] < 0.05


def width(table):
    return (table.high - table.low).mean()


def test_topics_that_come_on_some_days_are_less_sure():
    days = [f"2023-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 21)]
    even = news(*((day, ["sport"], 2) for day in days), *((day, [], 8) for day in days))
    bunched = news(*((day, ["sport"] if place % 5 == 0 else [], 10) for place, day in enumerate(days)))
    assert width(shares(bunched)) > 2 * width(shares(even))
    assert shares(bunched).share.tolist() == shares(even).share.tolist()


def test_a_column_splits_the_counts():
    tagged = news(("2023-01-05", ["sport"], 40), ("2023-01-06", [], 40)).assign(
        outlet=["Первая"] * 40 + ["Вторая"] * 40
    )
    table = shares(tagged, split="outlet")
    assert row(table, group="Первая").share == 1 and row(table, group="Вторая").share == 0


def test_topics_are_chosen_and_unknown_ones_refused():
    tagged = news(("2023-01-05", ["sport", "trade"], 40))
    assert shares(tagged, topics=["trade"]).topic.tolist() == ["trade"]
    with pytest.raises(UsageError, match="did you mean 'sport'"):
        shares(tagged, topics=["sporrt"])


def test_what_has_no_date_or_cannot_be_judged_is_left_out():
    tagged = news(("2023-01-05", ["sport"], 40), (None, ["sport"], 3), ("2023-01-06", [], 2)).assign(note="")
    tagged.loc[43:, "note"] = "not Russian"
    counts = count(tagged, Plan())
    assert (counts.undated, counts.unjudged) == (3, 2) and counts.blocks["number"].tolist() == [40]


def test_without_any_date_nothing_can_be_counted():
    with pytest.raises(Error, match="no article has a date"):
        shares(news((None, ["sport"], 3)))


def test_topics_in_tables_are_separated_by_semicolons():
    tagged = pd.DataFrame({"date": ["2023-01-05"] * 30, "topics": ["sport;trade"] * 30})
    assert shares(tagged).topic.tolist() == ["trade", "sport"]


@pytest.mark.parametrize("missing", ["date", "topics"])
def test_a_missing_column_is_named(missing):
    with pytest.raises(UsageError, match=f"no column '{missing}'"):
        shares(news(("2023-01-05", ["sport"], 30)).drop(columns=missing))


@pytest.fixture
def reprinted():
    """Forty articles, of which one about sport was printed ten times more in February."""
    tagged = news(*((f"2023-01-{day:02}", [], 2) for day in range(1, 21)), ("2023-02-01", ["sport"], 10))
    tagged["id"] = [f"n{number}" for number in range(50)]
    tagged.at[0, "topics"] = ["sport"]
    tagged = pd.concat([tagged, news(*((f"2023-02-{day:02}", [], 2) for day in range(1, 21)))], ignore_index=True)
    tagged["id"] = [f"n{number}" for number in range(len(tagged))]
    clusters = pd.DataFrame({"id": tagged.id, "cluster": tagged.id, "first": True})
    clusters.loc[40:49, ["cluster", "first"]] = ["n0", False]
    return tagged, clusters


def test_reprints_count_once_at_the_first(reprinted):
    table = shares(join_clusters(*reprinted))
    january, february = (row(table, period=period, topic="sport") for period in ("2023-01", "2023-02"))
    assert (january.articles, january.all_articles, january.reprints) == (1, 40, 0)
    assert (february.articles, february.all_articles, february.reprints) == (0, 40, 10)


def test_if_all_are_counted_reprints_are_one_block(reprinted):
    tagged = join_clusters(*reprinted)
    february = row(shares(tagged, once=False), period="2023-02", topic="sport")
    unknown = row(shares(reprinted[0]), period="2023-02", topic="sport")
    assert (february.articles, february.all_articles, february.reprints) == (10, 50, 10)
    assert february.share == unknown.share
    assert "reprints of n0" in set(count(tagged, Plan(once=False)).blocks.block)


def test_an_article_that_the_table_of_reprints_lacks_is_alone(reprinted):
    tagged, clusters = reprinted
    assert shares(join_clusters(tagged, clusters[:50])).equals(shares(join_clusters(tagged, clusters)))


def test_a_table_of_reprints_with_an_id_twice_is_refused(reprinted):
    tagged, clusters = reprinted
    with pytest.raises(UsageError, match="id 'n1' twice"):
        join_clusters(tagged, pd.concat([clusters, clusters[1:2]]))


def test_a_column_first_of_strings_is_read_as_truth(reprinted):
    tagged, clusters = reprinted
    strings = clusters.assign(first=clusters["first"].map({True: "True", False: "false"}))
    assert shares(join_clusters(tagged, strings)).equals(shares(join_clusters(tagged, clusters)))
    with pytest.raises(UsageError, match="column 'first' holds 'perhaps'"):
        shares(tagged.assign(first="perhaps"))


def test_a_wrong_date_that_makes_thousands_of_periods_is_told():
    tagged = news(("2023-01-05", ["sport"], 40), ("0204-05-01", ["sport"], 1))
    with pytest.raises(Error, match="dates reach from 0204-05-01 to 2023-01-05.*is a date wrong"):
        shares(tagged, "day")


def test_if_no_article_has_a_topic_there_is_nothing_to_count():
    with pytest.raises(Error, match="no article has a topic"):
        shares(news(("2023-01-05", [], 40)))


def test_one_topic_may_be_named_alone_and_must_be_a_string():
    tagged = news(("2023-01-05", ["sport"], 40))
    assert shares(tagged, topics="sport").topic.tolist() == ["sport"]
    with pytest.raises(UsageError, match="topics are strings"):
        shares(tagged, topics=[None])


def test_lists_that_dask_has_turned_into_strings_are_refused():
    dd = pytest.importorskip("dask.dataframe")
    with pytest.raises(UsageError, match="dataframe.convert-string"):
        shares(dd.from_pandas(news(("2023-01-05", ["sport"], 40)), npartitions=2))


def test_dask_gives_what_pandas_gives(reprinted):
    dd = pytest.importorskip("dask.dataframe")
    import dask

    tagged, clusters = reprinted
    with dask.config.set({"dataframe.convert-string": False}):
        partitions = join_clusters(dd.from_pandas(tagged, npartitions=4), clusters)
        read = dict(zip(tagged.id[:30], tagged.topics[:30], strict=True))
        for options in ({}, {"once": False}, {"by": "week", "checked": read}):
            pd.testing.assert_frame_equal(
                shares(partitions, **options), shares(join_clusters(tagged, clusters), **options)
            )


def test_tables_of_shares_are_recognized(tmp_path):
    table = shares(news(("2023-01-05", ["sport"], 40)))
    table.to_csv(tmp_path / "shares.csv", index=False)
    assert is_shares(tmp_path / "shares.csv")
    table.assign(remark="").to_csv(tmp_path / "edited.csv", index=False)
    assert not is_shares(tmp_path / "edited.csv") and not is_shares(tmp_path / "none.csv")
