"""Names of periods and groups in words, and which periods an axis names."""

import datetime
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pandas as pd

from classifier.pages.messages import Language, messages
from classifier.text.display import visible

GROUPS = 5  # lines that can be told apart without colours


class Tick(NamedTuple):
    """A period that an axis names: its place, and its name."""

    place: int
    name: str


def period_name(period: str, language: Language) -> str:
    """Return the name of a period in words.

    >>> period_name("2023-05", "ru"), period_name("2023-W18", "en"), period_name("2023", "ru")
    ('май 2023', 'week 18 of 2023, from 1 May', '2023')

    Parameters
    ----------
    period
        ``2023-05-01`` (day), ``2023-W18`` (week), ``2023-05``, ``2023-Q2`` or ``2023``.
    language
        Of the name.
    """
    say, first = messages(language), first_day(period)
    month = say.several("months_of_days")[first.month - 1]
    if "W" in period:
        year, week = period.split("-W")
        return say("week", week=str(int(week)), year=year, day=str(first.day), month=month)
    if "Q" in period:
        return say("quarter", quarter=say.several("quarters")[(first.month - 1) // 3], year=period[:4])
    if len(period) == len("2023-05-01"):
        return say("day", day=str(first.day), month=month, year=period[:4])
    return say("month", month=say.several("months")[first.month - 1], year=period[:4]) if "-" in period else period


def span_name(first: str, last: str, language: Language) -> str:
    """Return the name of the time from one period to another.

    >>> span_name("2022-01", "2023-12", "ru"), span_name("2023", "2023", "en")
    ('январь 2022 – декабрь 2023', '2023')
    """
    if first == last:
        return period_name(first, language)
    names = {"first": period_name(first, language), "last": period_name(last, language)}
    return messages(language)("span", **names)


def first_day(period: str) -> datetime.date:
    """Return the day on which a period begins.

    >>> str(first_day("2023-W18")), str(first_day("2023-Q2"))
    ('2023-05-01', '2023-04-01')
    """
    year = int(period[:4])
    if "W" in period:
        return datetime.date.fromisocalendar(year, int(period[6:]), 1)
    if "Q" in period:
        return datetime.date(year, 3 * int(period[6:]) - 2, 1)
    month, day = period[5:7] or "1", period[8:] or "1"
    return datetime.date(year, int(month), int(day))


def group_name(group: str, language: Language) -> str:
    """Return a group's name, safe to print."""
    return visible(group) if group else messages(language)("no_group")


def largest_groups(shares: pd.DataFrame) -> list[str]:
    """Return the groups that charts show, those with most articles first."""
    articles = shares.drop_duplicates(["group", "period"]).groupby("group").all_articles.sum()
    return list(articles.sort_values(ascending=False, kind="stable").index[:GROUPS])


def ticks(periods: Sequence[str], most: int, language: Language) -> list[Tick]:
    r"""Return the periods that an axis names: all, or only those that begin a month, a quarter, a year or some years.

    >>> months = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
    >>> [tick.name for tick in ticks(months, 4, "en")]
    ['Jan\n2022', 'Jul', 'Jan\n2023', 'Jul']

    Parameters
    ----------
    periods
        One after another.
    most
        How many at most.
    language
        Of their names.
    """
    days = [first_day(period) for period in periods]
    for unit in _UNITS:
        units = [unit(day) for day in days]
        # The first period begins a unit only if it is the first of that unit: an archive may start within a year.
        starts = [
            place for place in range(len(days)) if units[place] != (units[place - 1] if place else _before(unit, days))
        ]
        if len(starts) <= most:
            break
    years = len(periods[0]) == len("2023") or unit in _UNITS[_YEARS:]
    names = [str(days[place].year) if years else _short_name(periods[place], unit, language) for place in starts]
    if not years:
        for number, place in enumerate(starts):
            if not number or days[place].year != days[starts[number - 1]].year:
                names[number] += f"\n{days[place].year}"
    return [Tick(place, name) for place, name in zip(starts, names, strict=True)]


_UNITS: list[Callable[[datetime.date], object]] = [
    lambda day: day,
    lambda day: day.isocalendar()[:2],
    lambda day: (day.year, day.month),
    lambda day: (day.year, (day.month - 1) // 3),
    lambda day: (day.year, (day.month - 1) // 6),
    lambda day: day.year,
    lambda day: day.year // 2,
    lambda day: day.year // 5,
    lambda day: day.year // 10,
    lambda day: day.year // 50,
]
_YEARS = 5  # where units of whole years begin


def _before(unit: Callable[[datetime.date], object], days: Sequence[datetime.date]) -> object:
    """Return the unit of the period before the first; where that leaves no start at all, none."""
    step = days[1] - days[0] if len(days) > 1 else datetime.timedelta(days=1)
    before = unit(days[0] - step)
    return before if any(unit(day) != before for day in days) else None


def _short_name(period: str, unit: Callable[[datetime.date], object], language: Language) -> str:
    day, say = first_day(period), messages(language)
    if "Q" in period and unit is _UNITS[0]:
        return say("quarter_short", quarter=say.several("quarters")[(day.month - 1) // 3])
    month = say.several("months_short")[day.month - 1]
    return f"{day.day} {month}" if unit in _UNITS[:2] and len(period) > len("2023-05") else month
