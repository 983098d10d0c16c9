"""Dates as outlets write them to days, and days to periods."""

import datetime
from typing import Any, Literal, get_args

import pandas as pd

from classifier.errors import UsageError

By = Literal["day", "week", "month", "quarter", "year"]
PERIODS: tuple[By, ...] = get_args(By)
_FREQUENCIES: dict[By, str] = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
_ISO = r"(\d{4})-(\d{2})-(\d{2})(?:\D.*)?"
_RUSSIAN = r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\D.*)?"
_YEAR = r"(\d{4})(?:\.0)?"


def to_days(dates: pd.Series, by: By) -> pd.Series:
    """Return the day of each date as it is written, whatever its time zone; NaT where there is none.

    >>> to_days(pd.Series(["2023-05-01T23:50:00+03:00", "1.5.2023", "2023", "вчера", None]), "month").dt.date.tolist()
    [datetime.date(2023, 5, 1), datetime.date(2023, 5, 1), NaT, NaT, NaT]

    Parameters
    ----------
    dates
        ISO dates or times, days such as ``1.5.2023``, or dates as objects. A bare year is the first of January if years
        are counted, else no day.
    by
        The kind of period that days are counted in.
    """
    if pd.api.types.is_datetime64_any_dtype(dates):
        return pd.Series(dates.dt.tz_localize(None).dt.normalize())
    written = dates.drop_duplicates()
    days = {date: day for date, day in zip(written, _parse(written.map(_text), by), strict=True)}
    return pd.Series(pd.to_datetime(dates.map(days)))


def _text(date: Any) -> str:
    return date.isoformat() if isinstance(date, datetime.date) else "" if pd.isna(date) else str(date).strip()


def _parse(written: pd.Series, by: By) -> pd.Series:
    iso, russian = (written.str.extract(f"^{pattern}$") for pattern in (_ISO, _RUSSIAN))
    parts = iso.fillna(russian[[2, 1, 0]].set_axis([0, 1, 2], axis=1)).set_axis(["year", "month", "day"], axis=1)
    if by == "year":
        years = written.str.extract(f"^{_YEAR}$")[0]
        parts = parts.fillna({"year": years, "month": years.notna().map({True: "1", False: None}), "day": "1"})
    return pd.Series(pd.to_datetime(parts.apply(pd.to_numeric), errors="coerce"))


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
    period = pd.Period(ordinal=ordinal, freq=_FREQUENCIES[by])
    if by == "week":
        year, week, _ = period.end_time.isocalendar()  # a week belongs to the year of its Thursday, so to that of ISO
        return f"{year}-W{week:02}"
    style: dict[By, str] = {"day": "%Y-%m-%d", "month": "%Y-%m", "quarter": "%Y-Q%q", "year": "%Y"}
    return str(period.strftime(style[by]))


def check_by(by: str) -> None:
    """Refuse what is no kind of period: a `UsageError`."""
    if by not in PERIODS:
        raise UsageError(f"there is no period {by!r}: take one of {', '.join(PERIODS)}")
