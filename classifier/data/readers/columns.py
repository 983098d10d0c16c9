"""Names of columns: as a user gives them, or the usual ones, whatever their case and in Russian too."""

import warnings
from collections.abc import Sequence
from typing import Any

from classifier.data.articles import Columns, Notice

USUAL = Columns()  # names that nobody has chosen: such a column may be missing
_ALSO = {"text": ("текст",), "title": ("headline", "заголовок"), "id": ("ид", "№")}  # in small letters


def accepted_names(columns: Columns, role: str) -> list[str]:
    """Return the names, in small letters, that the column of a role may have: ``text``, ``title`` or ``id``.

    >>> accepted_names(Columns(), "title"), accepted_names(Columns(title="Тема"), "title")
    (['title', 'headline', 'заголовок'], ['тема'])
    """
    name = getattr(columns, role)
    return [fold(name), *(_ALSO[role] if name == getattr(USUAL, role) else ())]


def find_columns(columns: Columns, names: Sequence[str]) -> Columns:
    """Return the columns as a table calls them; a `Notice` tells of those that are called otherwise than was said."""
    folded = {fold(name): name for name in reversed(names)}
    found: dict[str, Any] = {}
    taken = {columns.text, columns.title, columns.id}  # a column has one role
    for role in _ALSO:
        others = [folded[name] for name in accepted_names(columns, role) if name in folded]
        if getattr(columns, role) not in names and (free := [name for name in others if name not in taken]):
            found[role] = free[0]
            taken.add(free[0])
    if found:
        told = ", ".join(f"{role} from column {name!r}" for role, name in found.items())
        warnings.warn(f"reading {told}", Notice, stacklevel=3)
    return columns._replace(**found)


def fold(name: str) -> str:
    """Return a name in small letters, without spaces around it."""
    return name.strip().casefold()
