"""What rose and what fell."""

import pandas as pd
import pytest

from classifier.trends import changes


def news(months, days=range(1, 29)):
    """Return articles of each month: a share of them has sport, on all days alike."""
    rows = []
    for month, share in months.items():
        for place, day in enumerate(day for day in days for _ in range(10)):
            rows.append({"date": f"{month}-{day:02}", "topics": ["sport"] if place % 100 < 100 * share else ["trade"]})
    return pd.DataFrame(rows)


def test_the_second_half_is_compared_with_the_first():
    found = changes(news({"2023-01": 0.1, "2023-02": 0.2, "2023-03": 0.5, "2023-04": 0.4}), topics=["sport"])
    assert found.attrs["spans"] == (("2023-01", "2023-02"), ("2023-03", "2023-04"))
    assert found.earlier[0] < 0.2 < 0.4 < found.later[0] and found.change[0] == "rose"
    assert found.low[0] < found.difference[0] < found.high[0]


def test_the_middle_of_an_odd_number_belongs_to_no_half():
    found = changes(news({"2023-01": 0.5, "2023-02": 0.0, "2023-03": 0.1}), topics=["sport"])
    assert found.attrs["spans"] == (("2023-01", "2023-01"), ("2023-03", "2023-03"))
    assert found.change[0] == "fell"


def test_what_chance_could_have_done_is_unclear():
    found = changes(news({"2023-01": 0.2, "2023-02": 0.24}), topics=["sport"])
    assert found.low[0] < 0 < found.high[0] and found.change[0] == "unclear"


def test_the_more_topics_are_compared_the_wider_the_limits():
    tagged = news({"2023-01": 0.2, "2023-02": 0.3})
    one, both = changes(tagged, topics=["sport"]), changes(tagged).set_index("topic").loc["sport"]
    assert both.high - both.low > one.high[0] - one.low[0]


def test_halves_of_few_articles_are_not_compared():
    found = changes(news({"2023-01": 0.2, "2023-02": 0.9}, days=[1, 2]), min_articles=30)
    assert found.earlier.isna().all() and set(found.change) == {"unclear"}


@pytest.mark.parametrize("by", ["month", "year"])
def test_one_period_has_nothing_to_compare(by):
    found = changes(news({"2023-01": 0.2}), by)
    assert found.empty and found.attrs["spans"] == ()
