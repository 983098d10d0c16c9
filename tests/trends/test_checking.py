"""Shares that are corrected by articles that a person has read."""

import numpy as np
import pandas as pd
import pytest

from classifier.errors import UsageError
from classifier.evaluation.intervals import quantile, wilson
from classifier.trends import check, shares
from classifier.trends.checking import MIN_CHECKED, Checked


@pytest.fixture
def tagged():
    """A thousand articles, of which 200 get sport."""
    topics = [["sport"] if number % 5 == 0 else [] for number in range(1000)]
    return pd.DataFrame({"id": map(str, range(1000)), "date": "2023-05-01", "topics": topics})


def read(number, wrong=0, missed=0):
    """Return what a person says of the first articles: some that get sport have it not, and some have it and miss it."""
    given, others = [row for row in range(number) if row % 5 == 0], [row for row in range(number) if row % 5]
    sport = {*given[wrong:], *others[:missed]}
    return {str(row): ["sport"] if row in sport else [] for row in range(number)}


def corrected(tagged, labels):
    return shares(tagged, checked=labels).iloc[0]


def test_a_share_is_corrected_for_topics_that_are_added_and_missed(tagged):
    table = corrected(tagged, read(100, wrong=5, missed=8))  # 15 of 20 right; 8 of 80 missed
    assert table.corrected == pytest.approx(0.2 * 15 / 20 + 0.8 * 8 / 80)
    assert table.corrected_low < table.corrected < table.corrected_high
    assert (table.share, table.low < 0.2 < table.high) == (0.2, True)


def test_the_interval_of_a_corrected_share_covers_both_errors(tagged):
    few, many = corrected(tagged, read(100)), corrected(tagged, read(900))
    width = few.corrected_high - few.corrected_low
    assert width > many.corrected_high - many.corrected_low > many.high - many.low


def test_if_all_was_read_and_is_right_nothing_changes(tagged):
    table = corrected(tagged, read(1000))
    assert table.corrected == table.share
    assert (table.corrected_low, table.corrected_high) == pytest.approx((table.low, table.high), abs=0.005)


def test_a_corrected_share_lies_within_its_limits_and_is_no_surer_than_before():
    checked = Checked(20, 0, 0, 280)
    for share, number in ((0.0, 33.0), (0.1, 50.0), (1.0, 40.0)):
        low, high = checked.limits(np.array([share]), np.array([number]))[0]
        assert low <= checked.correct(np.array([share]))[0] <= high
        before = wilson(np.array([share]), np.array([number]), quantile())
        assert high - low > 0.95 * (before[1] - before[0])[0]


def test_a_topic_that_was_read_too_rarely_is_not_corrected(tagged):
    assert np.isnan(corrected(tagged, read(5 * (MIN_CHECKED - 1))).corrected)
    assert corrected(tagged, read(5 * MIN_CHECKED)).corrected == 0.2


def test_a_share_does_not_depend_on_what_else_is_asked_for(tagged):
    more = tagged.assign(topics=[[*topics, "trade"] for topics in tagged.topics])
    both = shares(more, checked=read(100, wrong=5)).set_index("topic")
    assert both.loc["sport"].corrected_low == corrected(tagged, read(100, wrong=5)).corrected_low


def test_articles_are_found_by_id_or_index(tagged):
    found, number = check(tagged, read(100, wrong=2, missed=3), once=True)
    assert (found["sport"], number) == (Checked(18, 2, 3, 77), 100)
    assert check(tagged.set_index("id"), read(100, wrong=2, missed=3), once=True)[0] == found


def test_reprints_are_left_out_of_what_was_read_as_of_what_is_counted(tagged):
    tagged["first"] = tagged.index % 2 == 0
    assert check(tagged, read(100), once=True)[1] == 50
    assert check(tagged, read(100), once=False)[1] == 100


def test_a_table_of_labels_is_taken_if_its_articles_were_chosen_at_random(tagged):
    labels = pd.DataFrame({"id": ["0", "1"], "topics": ["sport", ""], "chosen": "random"})
    assert check(tagged, labels, once=True)[0]["sport"] == Checked(1, 0, 0, 1)
    with pytest.raises(UsageError, match="1 of the checked articles were not chosen at random"):
        check(tagged, labels.assign(chosen=["random", "uncertain"]), once=True)
    with pytest.raises(UsageError, match="no column 'topics'"):
        check(tagged, labels.drop(columns="topics"), once=True)


def test_a_mapping_may_hold_topics_as_tables_do(tagged):
    assert check(tagged, {"0": "sport;trade", "1": ""}, once=True)[0]["trade"] == Checked(0, 0, 1, 1)


def test_articles_that_could_not_be_judged_are_not_compared(tagged):
    noted = tagged.assign(note=["not Russian" if number % 5 else "" for number in range(1000)])
    assert check(noted, read(100), once=True)[1] == 20


def test_if_no_article_was_read_the_ids_do_not_agree(tagged):
    with pytest.raises(UsageError, match="none of the 1 articles that were read .* do their ids agree"):
        check(tagged, {"x": ["sport"]}, once=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_quapy_agrees_where_the_news_is_like_what_was_read():
    """Adjusted counts take errors from the true topics, we take them from the given ones: near the sample it is one."""
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context():  # QuaPy changes the settings of all charts when it is imported
        aggregative = pytest.importorskip("quapy.method.aggregative", reason="QuaPy is not installed")
    from sklearn.tree import DecisionTreeClassifier

    checked = Checked(40, 10, 15, 235)
    as_given = DecisionTreeClassifier().fit([[0], [1]], [0, 1])  # a classifier whose answers are its inputs
    given, has = [1] * 50 + [0] * 250, [1] * 40 + [0] * 10 + [1] * 15 + [0] * 235
    oracle = aggregative.ACC(as_given, fit_classifier=False, val_split=None).fit(
        np.array(given)[:, None], np.array(has)
    )

    def adjusted(share):
        number = round(share * 6000)
        return oracle.predict(np.array([1] * number + [0] * (6000 - number))[:, None])[1]

    assert checked.correct(np.array([50 / 300]))[0] == pytest.approx(adjusted(50 / 300), abs=1e-3)
    for share in (0.14, 0.19):
        low, high = checked.limits(np.array([share]), np.array([1000.0]))[0]
        assert low < adjusted(share) < high
