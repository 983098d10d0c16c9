"""What a sheet for readers holds, whether an Excel file or CSV."""

import warnings
from collections.abc import Sequence

from classifier.annotation.tasks import Task, named
from classifier.data.articles import Notice

MAX_CELL = 32_767  # UTF-16 units, Excel's limit for a cell
CUT = " [...]"  # ends a text that was cut
BEFORE = ("id", "headline", "text", "suggested")  # columns before those of topics
AFTER = ("read", "note", "chosen", "topic")  # and after them


def sheet_rows(tasks: Sequence[Task], blanks: int) -> list[list[str]]:
    """Return a row for each article: what `BEFORE` and `AFTER` name, and between them so many empty cells of topics.

    A `Notice` tells how many texts were cut.
    """
    rows, cuts = [], 0
    for task in tasks:
        before = [task.article.id, task.headline, task.body, named(task.shown)]
        shown = list(map(cut, before))
        cuts += shown != before
        rows.append([*shown, *[""] * blanks, "", cut(task.note), task.chosen, task.topic])
    if cuts:
        warnings.warn(
            f"{cuts:,} of the texts have over {MAX_CELL:,} characters, Excel's limit for a cell, and end in "
            f"{CUT.strip()!r}; labels are given to the whole articles all the same",
            Notice,
            stacklevel=3,
        )
    return rows


def cut(text: str) -> str:
    """Return a text that fits into a cell of Excel; what is cut ends in a visible mark."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * (MAX_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT
