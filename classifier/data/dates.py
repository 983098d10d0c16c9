"""Dates as people write them to moments, and to days."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from classifier.arrays import IndexArray

UNKNOWN = np.iinfo(np.int64).max  # sorts behind all moments
_DAY = 86_400  # seconds
_RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)(.*)", re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moments(dates: Iterable[Any]) -> IndexArray:
    """Return seconds since 1970 for each date, or `UNKNOWN`, (dates,).

    A date is ISO 8601 (2024-11-29, 2024-11-29T10:30+03:00), written 29.11.2024 10:30, or one of Python's. Without a
    time it is the start of the day, without a zone UTC. A bare year or month tells no day.

    >>> moments(["1970-01-02", "02.01.1970 00:01", "2024", None]).tolist()[:2]
    [86400, 86460]
    """
    return np.array([_moment(value) for value in dates], np.int64)


def written_day(value: Any) -> date | None:
    """Return the day of a date as it is written, whatever its time zone; None if it tells none; see `moments`.

    >>> written_day("2024-11-29T00:30+03:00")
    datetime.date(2024, 11, 29)
    """
    found = _as_datetime(value)
    return None if found is None else found.date()


def days_of(seconds: IndexArray) -> IndexArray:
    """Return the number of the day of each moment, or `UNKNOWN`."""
    return np.where(seconds == UNKNOWN, UNKNOWN, seconds // _DAY)


def iso_day(seconds: int) -> str:
    """Return the day of a moment as ISO 8601 has it, an empty string if it is not known.

    >>> iso_day(86400), iso_day(UNKNOWN)
    ('1970-01-02', '')
    """
    return "" if seconds == UNKNOWN else date.fromordinal(_EPOCH.toordinal() + int(seconds) // _DAY).isoformat()


def _moment(value: Any) -> int:
    found = _as_datetime(value)
    if found is None:
        return UNKNOWN
    try:
        aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return int((aware - _EPOCH).total_seconds())
    except OverflowError:  # an offset that leaves the calendar
        return UNKNOWN


def _as_datetime(value: Any) -> datetime | None:
    try:
        found = _parse(value.strip()) if isinstance(value, str) else value
    except ValueError:
        return None
    if isinstance(found, date) and not isinstance(found, datetime):
        return datetime(found.year, found.month, found.day)
    # Pandas' NaT is a datetime without a year.
    return found if isinstance(found, datetime) and found.year == found.year else None


def _parse(text: str) -> datetime:
    russian = _RUSSIAN.fullmatch(text)
    if russian is None:
        return datetime.fromisoformat(text)
    day, month, year, time = russian.groups()
    return datetime.fromisoformat(
        f"{year}-{int(month):02}-{int(day):02}{'T' if time.strip() else ''}{time.strip(' ,')}"
    )
