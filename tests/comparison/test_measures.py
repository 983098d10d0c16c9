import numpy as np
import pytest

from classifier.comparison.measures import MEASURES, Totals, beside, calibration_errors, check_reference
from classifier.errors import Error
from classifier.model.curves import sigmoid

ODDS = np.array([[2.0, -1.0], [-3.0, -2.0], [-np.inf, -np.inf]])  # a topic, none, and not judged
THRESHOLDS = sigmoid(np.array([0.0, -1.0]))
TOTALS = Totals.of(ODDS, THRESHOLDS, np.array([True, True, False]), np.array([10, 20, 99]), np.array([9, 18, 1]))
REFERENCE = {"one": {"margin": 1.0, "words": 100.0}, "two": {"margin": 3.0, "words": 300.0}}


def test_measures_are_means_over_the_articles_that_can_be_judged():
    measures = TOTALS.measures()
    assert measures.keys() == MEASURES.keys() and (TOTALS.articles, TOTALS.judged) == (3, 2)
    assert measures["not_judged"] == pytest.approx(1 / 3)
    assert measures["unknown_words"] == pytest.approx(3 / 30)
    assert measures["no_topic"] == 0.5
    assert measures["margin"] == pytest.approx((2 - 1) / 2)  # 2 above the threshold of one topic, 1 below the other's
    assert measures["expected_precision"] == pytest.approx(sigmoid(np.array([2.0, -1.0])).mean())
    assert measures["words"] == 15


def test_totals_of_parts_add_up():
    part = (THRESHOLDS, np.array([True]), np.array([10]), np.array([9]))
    both = Totals.of(ODDS[:1], *part).plus(Totals.of(ODDS[1:2], *part))
    assert (both.judged, both.words, both.untagged) == (2, 20, 1)


def test_nothing_to_measure_on_is_no_number():
    assert np.isnan(list(Totals().measures().values())).all()


@pytest.mark.parametrize(
    ("measure", "value", "place"),
    [
        ("margin", 0.9, "worse than any outlet tested"),
        ("margin", 1.0, "within the range"),
        ("margin", 3.1, "higher than any outlet tested"),
        ("words", 99, "lower than any outlet tested"),
        ("words", 301, "higher than any outlet tested"),
        ("words", np.nan, ""),
        ("margin", 0.9996, "within the range"),  # as far as the digits that are shown tell
        ("no_topic", 0.1, ""),  # of which the reference tells nothing
    ],
)
def test_a_measure_stands_beside_its_range_over_outlets(measure, value, place):
    row = beside(dict.fromkeys(MEASURES, 2.0) | {measure: value}, REFERENCE).loc[measure]
    assert row["place"] == place


def test_more_unknown_words_are_worse_and_fewer_are_not_called_better():
    reference = {outlet: {"unknown_words": share} for outlet, share in (("one", 0.02), ("two", 0.06))}
    row = beside(dict.fromkeys(MEASURES, 0.07), reference).loc["unknown_words"]
    assert row.to_list() == [0.07, 0.02, 0.06, "one", "two", "worse than any outlet tested"]
    assert beside(dict.fromkeys(MEASURES, 0.01), reference).loc["unknown_words"].place == "lower than any outlet tested"


@pytest.mark.parametrize("reference", [[], {"one": 1}, {"one": {"margin": "much"}}])
def test_a_malformed_reference_is_told(reference):
    if not reference:
        assert check_reference({}) == {}
    with pytest.raises(Error, match="the model is damaged: the reference"):
        check_reference({"reference": reference})


def test_the_error_of_the_expected_precision_is_told_where_it_is_known():
    reference = {"one": {"expected_precision": 0.8, "precision": 0.85}, "two": {"expected_precision": 0.8}}
    assert calibration_errors(reference) == {"one": pytest.approx(0.05)}
