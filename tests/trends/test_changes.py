"""What rose and what fell."""

import pandas as pd
import pytest

from classifier.trends import changes
from classifier.trends.changes import Mix, mix_of
from classifier.trends.counting import Plan


def news(months, days=range(1, 29)):
    """Return articles of each month: a share of them has sport, on all days alike."""
    rows = []
    for month, share in months.items():
        for place, day in enumerate(day for day in days for _ in range(10)):
            rows.append({"date": f"{month}-{day:02}", "topics": ["sport"] if place % 100 < 100 * share else ["trade"]})
    return pd.DataFrame(rows)


def test_the_second_half_is_compared_with_the_first():
    found = changes(news({"2023-01": 0.1, "2023-02": 0.2, "2023-03": 0.5, "2023-04": 0.4}), topics=["sport"])
    assert found.attrs["spans"] == {"": (("2023-01", "2023-02"), ("2023-03", "2023-04"))}
    assert found.earlier[0] < 0.2 < 0.4 < found.later[0] and found.change[0] == "rose"
    assert found.low[0] < found.difference[0] < found.high[0]


def test_the_middle_of_an_odd_number_belongs_to_no_half():
    found = changes(news({"2023-01": 0.5, "2023-02": 0.0, "2023-03": 0.1}), topics=["sport"])
    assert found.attrs["spans"] == {"": (("2023-01", "2023-01"), ("2023-03", "2023-03"))}
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
    assert found.empty and found.attrs["spans"] == {}


def test_each_group_has_its_own_halves():
    first, second = news({"2022-01": 0.1, "2022-02": 0.5}), news({"2023-01": 0.5, "2023-02": 0.1})
    both = pd.concat([first.assign(outlet="a"), second.assign(outlet="b")], ignore_index=True)
    found = changes(both, split="outlet", topics=["sport"]).set_index("group").change
    assert found.to_dict() == {"a": "rose", "b": "fell"}
    assert changes(both, split="outlet").attrs["spans"]["b"] == (("2023-01", "2023-01"), ("2023-02", "2023-02"))


def test_outlets_that_replace_others_are_noticed():
    first, second = news({"2023-01": 0.1, "2023-02": 0.1}), news({"2023-03": 0.1, "2023-04": 0.1})
    replaced = pd.concat([first.assign(outlet="a"), second.assign(outlet="b")], ignore_index=True)
    assert mix_of(replaced, "outlet", Plan()) == Mix("outlet", "a", 1.0, 0.0)
    assert mix_of(replaced.assign(outlet=["a", "b"] * (len(replaced) // 2)), "outlet", Plan()) is None
    assert mix_of(first.assign(outlet="a").head(200), "outlet", Plan()) is None
