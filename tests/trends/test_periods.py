"""Dates as outlets write them, and the periods that they belong to."""

import datetime

import pandas as pd
import pytest

from classifier.errors import UsageError
from classifier.trends.periods import check_by, label_ordinals, to_days, to_ordinals


def days(values, by="month"):
    return [None if pd.isna(day) else day.date().isoformat() for day in to_days(pd.Series(values, dtype=object), by)]


WRITTEN = ["2023-05-01", "2023-05-01T23:59:00+03:00", "2023-05-01 10:00", "01.05.2023", "1.5.2023, 10:30"]
OBJECTS = [
    datetime.date(2023, 5, 1),
    datetime.datetime(2023, 5, 1, 23, 59),
    pd.Timestamp("2023-05-01", tz="Asia/Tokyo"),
]


@pytest.mark.parametrize("written", [*WRITTEN, *OBJECTS])
def test_a_day_is_read_as_it_is_written_whatever_its_time_zone(written):
    assert days([written]) == ["2023-05-01"]


@pytest.mark.parametrize("written", [None, float("nan"), "", "вчера", "2023-13-01", "2023-02-30", pd.NaT])
def test_what_is_no_day_is_none(written):
    assert days([written]) == [None]


def test_a_bare_year_is_a_period_only_if_years_are_counted():
    assert days([2023, "2023", 2023.0], "month") == [None] * 3
    assert days([2023, "2023", 2023.0], "year") == ["2023-01-01"] * 3


def test_a_bare_month_is_no_day_but_belongs_to_a_month():
    assert days(["2023-05", "2023-13"], "day") == [None] * 2
    assert days(["2023-05", "2023-13"], "quarter") == ["2023-05-01", None]


def test_columns_of_times_are_read_too():
    times = pd.Series(pd.to_datetime(["2023-05-01T23:00:00Z", None]))
    assert to_days(times, "day").dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2023-05-01", ""]


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("day", ["2022-12-31", "2023-01-01", "2023-01-02"]),
        ("week", ["2022-W52", "2022-W52", "2023-W01"]),
        ("month", ["2022-12", "2023-01", "2023-01"]),
        ("quarter", ["2022-Q4", "2023-Q1", "2023-Q1"]),
        ("year", ["2022", "2023", "2023"]),
    ],
)
def test_periods_have_names_that_sort(by, labels):
    found = to_ordinals(to_days(pd.Series(["2022-12-31", "2023-01-01", "2023-01-02"]), by), by)
    assert label_ordinals(found, by).tolist() == labels


def test_the_ends_of_the_calendar_have_names_too():
    ends = to_days(pd.Series(["0001-01-01", "9999-12-31"]), "day")
    assert label_ordinals(to_ordinals(ends, "week"), "week").tolist() == ["0001-W01", "9999-W52"]
    assert label_ordinals(to_ordinals(ends, "quarter"), "quarter").tolist() == ["0001-Q1", "9999-Q4"]


@pytest.mark.parametrize("dtype", ["timestamp[ns][pyarrow]", "date32[pyarrow]"])
def test_columns_of_arrow_are_read(dtype):
    assert days(pd.Series(["2023-05-01"]).astype("datetime64[ns]").astype(dtype)) == ["2023-05-01"]


def test_lists_are_no_dates():
    assert days([["2023-05-01"], {"day": 1}]) == [None, None]


def test_another_period_is_refused():
    with pytest.raises(UsageError, match="no period 'decade': take one of day, week, month, quarter, year"):
        check_by("decade")
