"""CSV that Excel opens with a double click where Windows is set to Russian."""

import csv
import re
import warnings
from collections.abc import Sequence
from pathlib import Path

from classifier.annotation.tasks import Task
from classifier.annotation.writers.sheet import AFTER, BEFORE, sheet_rows
from classifier.data.articles import Notice
from classifier.storage.atomic import atomic_write

_FORMULA = re.compile(" *[=+@\t\r-]")  # how a cell starts that Excel takes for a formula, in quotes or not
# Ids that Excel changes in a CSV file: leading zeros are dropped, digits after the fifteenth become zeros, dates move.
_FRAGILE = re.compile(r"0\d+|\d{12,}|\d+[eEеЕ]\d+|\d+[-./]\d+([-./]\d+)?")


def write_csv(path: Path, tasks: Sequence[Task], topics: Sequence[str]) -> None:
    """Write a table of articles, with one column for topics, which are separated by ``;``.

    Every cell is quoted. That alone does not help: LibreOffice 7.4 makes 2 of "=1+1". So a cell that looks like a
    formula begins with a space, which keeps it a text there, and which `unguarded` takes off again; an apostrophe would
    stay in the text. A `Notice` tells that Excel changes ids: 0017 becomes 17.
    """
    fragile = [task.article.id for task in tasks if _FRAGILE.fullmatch(task.article.id)]
    if fragile:
        warnings.warn(
            f"Excel changes ids such as {fragile[0]!r} when it opens a CSV file; an .xlsx file keeps them",
            Notice,
            stacklevel=3,
        )
    rows = sheet_rows(tasks, blanks=1)
    with atomic_write(path) as file:
        file.write("\ufeff")  # without it Excel takes UTF-8 for cp1251
        table = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        table.writerow([*BEFORE, "topics", *AFTER])
        table.writerows([guarded(cell) for cell in row] for row in rows)


def guarded(cell: str) -> str:
    """Return a cell that Excel takes for text, not for a formula.

    >>> guarded("=1+1"), guarded("- Да, - сказал он"), guarded("Да")
    (' =1+1', ' - Да, - сказал он', 'Да')
    """
    return f" {cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if cell.startswith(" ") and _FORMULA.match(cell) else cell
