"""Dates as outlets write them to days, and days to periods."""

import datetime
import re
from collections.abc import Hashable
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from classifier.data.dates import written_day
from classifier.errors import UsageError

By = Literal["day", "week", "month", "quarter", "year"]
PERIODS: tuple[By, ...] = get_args(By)
_FREQUENCIES: dict[By, str] = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_FIRST_MONDAY = datetime.date(1969, 12, 22).toordinal()  # of week 0 of pandas
_BARE = re.compile(r"(\d{4})(?:\.0|-(\d{2}))?")  # a year, also as pandas writes it beside gaps, or a month
_WITHOUT_DAYS: tuple[By, ...] = ("month", "quarter", "year")


def to_days(dates: pd.Series, by: By) -> pd.Series:
    """Return the day of each date as it is written, whatever its time zone; NaT where there is none.

    >>> to_days(pd.Series(["2023-05-01T23:50:00+03:00", "1.5.2023", "2023", "вчера", None]), "month").dt.date.tolist()
    [datetime.date(2023, 5, 1), datetime.date(2023, 5, 1), NaT, NaT, NaT]

    Parameters
    ----------
    dates
        As `classifier.data.dates.moments` reads them. A bare year or month is its first day if such periods are
        counted, else no day.
    by
        The kind of period that days are counted in.
    """
    if isinstance(dates.dtype, np.dtype | pd.DatetimeTZDtype) and pd.api.types.is_datetime64_any_dtype(dates):
        return pd.Series(dates.dt.tz_localize(None).dt.normalize())
    cells = dates.astype(object).map(lambda cell: cell if isinstance(cell, Hashable) else None)
    days = {written: _day(written, by) for written in cells.drop_duplicates()}
    # In seconds: in the nanoseconds of older versions of pandas, time begins in 1677.
    return pd.Series(np.array([days.get(cell) for cell in cells], "datetime64[s]"), dates.index)


def _day(written: Any, by: By) -> datetime.date | None:
    bare = _BARE.fullmatch(str(written).strip())
    if bare is None:
        return written_day(written)
    year, month = int(bare[1]), int(bare[2] or 0)
    is_enough = by in _WITHOUT_DAYS if month else by == "year"
    return datetime.date(year, month or 1, 1) if is_enough and year and month <= 12 else None


def to_ordinals(days: pd.Series, by: By) -> pd.Series:
    """Return the number of the period of each day; those of neighbours follow each other."""
    periods = pd.PeriodIndex(days, freq=_FREQUENCIES[by])
    return pd.Series(periods.asi8, days.index)


def label_ordinals(ordinals: pd.Series, by: By) -> pd.Series:
    """Return how periods are written, so that they sort as strings.

    >>> label_ordinals(to_ordinals(pd.Series(pd.to_datetime(["2023-01-01", "2023-01-02"])), "week"), "week").tolist()
    ['2022-W52', '2023-W01']
    """
    return pd.Series(ordinals.map({ordinal: _label(ordinal, by) for ordinal in ordinals.unique()}))


def _label(ordinal: int, by: By) -> str:
    if by == "week":
        monday = datetime.date.fromordinal(_FIRST_MONDAY + 7 * ordinal).isocalendar()
        return f"{monday.year:04}-W{monday.week:02}"
    period = pd.Period(ordinal=ordinal, freq=_FREQUENCIES[by])
    year, month, day = f"{period.year:04}", f"{period.month:02}", f"{period.day:02}"
    names: dict[By, str] = {"day": f"{year}-{month}-{day}", "month": f"{year}-{month}", "year": year}
    return names.get(by, f"{year}-Q{period.quarter}")


def check_by(by: str) -> None:
    """Refuse what is no kind of period: a `UsageError`."""
    if by not in PERIODS:
        raise UsageError(f"there is no period {by!r}: take one of {', '.join(PERIODS)}")
