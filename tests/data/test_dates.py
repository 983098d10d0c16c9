from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from classifier.data.dates import UNKNOWN, days_of, iso_day, moments

DAY = 86_400


@pytest.mark.parametrize(
    "written, expected",
    [
        ("1970-01-03", 2 * DAY),
        (" 1970-01-03T01:00 ", 2 * DAY + 3600),
        ("1970-01-03T01:00:00+03:00", 2 * DAY - 7200),
        ("1970-01-03T00:00:00Z", 2 * DAY),
        ("03.01.1970", 2 * DAY),
        ("3.1.1970, 01:00", 2 * DAY + 3600),
        ("1969-12-31", -DAY),
        (date(1970, 1, 3), 2 * DAY),
        (datetime(1970, 1, 3, 1), 2 * DAY + 3600),
        (datetime(1970, 1, 3, 3, tzinfo=timezone(timedelta(hours=3))), 2 * DAY),
        (datetime(1970, 1, 3, tzinfo=UTC), 2 * DAY),
        (pd.Timestamp("1970-01-03"), 2 * DAY),
        (np.str_("1970-01-03"), 2 * DAY),
    ],
)
def test_dates_are_read_as_people_write_them(written, expected):
    assert moments([written]).tolist() == [expected]


@pytest.mark.parametrize(
    "written",
    ["2017", "2017-05", 2017, 2017.0, "", None, float("nan"), pd.NaT, "вчера", "31.02.2024", "2024-13-01", []],
)
def test_what_tells_no_day_is_unknown(written):
    assert moments([written]).tolist() == [UNKNOWN]


def test_days_are_numbered_and_shown():
    found = moments(["1970-01-03T23:59", "1969-12-31", "2024"])
    assert days_of(found).tolist() == [2, -1, UNKNOWN]
    assert list(map(iso_day, found)) == ["1970-01-03", "1969-12-31", ""]
