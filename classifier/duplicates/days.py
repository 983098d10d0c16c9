"""Dates as people write them to moments."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from classifier.arrays import IndexArray

UNKNOWN = np.iinfo(np.int64).max  # sorts behind all moments
DAY = 86_400  # seconds
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


def days_of(seconds: IndexArray) -> IndexArray:
    """Return the number of the day of each moment, or `UNKNOWN`."""
    return np.where(seconds == UNKNOWN, UNKNOWN, seconds // DAY)


def iso_day(seconds: int) -> str:
    """Return the day of a moment as ISO 8601 has it, an empty string if it is not known.

    >>> iso_day(86400), iso_day(UNKNOWN)
    ('1970-01-02', '')
    """
    return "" if seconds == UNKNOWN else date.fromordinal(_EPOCH.toordinal() + int(seconds) // DAY).isoformat()


def _moment(value: Any) -> int:
    try:
        found = _parse(value.strip()) if isinstance(value, str) else value
        if isinstance(found, date) and not isinstance(found, datetime):
            found = datetime(found.year, found.month, found.day)
        if not isinstance(found, datetime):
            return UNKNOWN
        aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        return int((aware - _EPOCH).total_seconds())
    except (ValueError, OverflowError, TypeError):  # no date, pandas' NaT, an offset that leaves the calendar
        return UNKNOWN


def _parse(text: str) -> datetime:
    russian = _RUSSIAN.fullmatch(text)
    if russian is None:
        return datetime.fromisoformat(text)
    day, month, year, time = russian.groups()
    return datetime.fromisoformat(
        f"{year}-{int(month):02}-{int(day):02}{'T' if time.strip() else ''}{time.strip(' ,')}"
    )
