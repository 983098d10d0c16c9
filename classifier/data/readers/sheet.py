"""Prints a table of a workbook as JSON lines; `workbook` runs this file in a process of its own.

    python -P sheet.py TEXTS COLUMN ... < news.xlsx

The first line tells which sheet is read, which others have a column that TEXTS names too, and the header; then comes a
line for each row, its number and its cells. Only the COLUMNs named are printed; without any, all. TEXTS is a list in
JSON; all these names are in small letters, for the case of a column does not matter. A file of 5 KB that fills one
far cell makes calamine ask for 500 GB, which ends the process: it is to be this one. So this file imports nothing of
the package.
"""

import datetime
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

# Memory and seconds of CPU that the process may use, and what more for each byte of the file: a sheet of 500,000 long
# articles takes less.
_MEMORY, _MEMORY_PER_BYTE = 512 << 20, 100
_SECONDS, _BYTES_PER_SECOND = 10, 100_000
_MAX_CELL = 20_000_001  # characters; one more than an article may have
_EXACT = 2**53  # up to here every integer is a float


def main() -> None:
    """Print the table, or an object with an error."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no limits, and another limit may be lower
        import resource

        size = os.fstat(0).st_size
        memory, seconds = _MEMORY + _MEMORY_PER_BYTE * size, _SECONDS + size // _BYTES_PER_SECOND
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    texts, *wanted = sys.argv[1:]
    try:
        for line in _lines(set(json.loads(texts)), set(wanted)):
            sys.stdout.write(json.dumps(line) + "\n")
    except BaseException as error:  # calamine also raises what is no Exception
        sys.stdout.write(json.dumps({"error": f"{error}"[:200]}) + "\n")


def _lines(texts: set[str], wanted: set[str]) -> Iterator[Any]:
    from python_calamine import CalamineWorkbook

    with open(0, "rb", closefd=False) as file:
        file.seek(0)
        book = CalamineWorkbook.from_filelike(file)
    having = [name for name in book.sheet_names if not texts.isdisjoint(map(_fold, _header(book, name)[1]))]
    chosen = (having or book.sheet_names)[0]
    first, header = _header(book, chosen)
    yield {
        "sheet": chosen,
        "others": having[1:],
        "count": len(book.sheet_names),
        "names": [name for name in header if name],
    }
    places = [(place, name) for place, name in enumerate(header) if name and (_fold(name) in wanted or not wanted)]
    for number, row in enumerate(_rows(book, chosen), 1):
        if number > first and any(cell != "" for cell in row):
            yield [number, {name: _plain(row[place]) for place, name in places}]


def _rows(book: Any, name: str) -> Iterator[list[Any]]:
    sheet = book.get_sheet_by_name(name)
    return iter(()) if sheet.start is None else sheet.iter_rows()  # calamine panics at the rows of an empty sheet


def _header(book: Any, name: str) -> tuple[int, list[str]]:
    """Return the number of the first row that is not empty, and its cells."""
    with suppress(Exception):  # a sheet of charts
        for number, row in enumerate(_rows(book, name), 1):
            if any(cell != "" for cell in row):
                return number, [str(_plain(cell) or "") for cell in row]
    return 0, []


def _fold(name: str) -> str:
    return name.strip().casefold()


def _plain(cell: Any) -> Any:
    """Return a cell as JSON has it: a date as an ISO string, 17.0 as 17, an empty one as null."""
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    if isinstance(cell, bool | int | float):
        return cell
    return str(cell)[:_MAX_CELL] or None


if __name__ == "__main__":
    main()
