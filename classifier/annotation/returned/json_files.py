"""JSON of any length and kind, as strangers send it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classifier.data.readers.source import check_length, read_line
from classifier.errors import Error

_MAX_BYTES = 500_000_000  # of a list, which has to be in memory: some 100,000 articles of 2,500 letters


def read_list(path: Path) -> list[Any]:
    """Return the JSON list that a file holds."""
    if path.stat().st_size > _MAX_BYTES:
        raise Error(f"{path} has more than {_MAX_BYTES // 10**6} MB: export fewer articles at once")
    found = _parse(path.read_bytes(), str(path))
    if not isinstance(found, list):
        raise Error(f"{path} is not a list of articles")
    return found


def read_lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the objects of a file, one a line, and where each stands."""
    number = 0
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        while line := read_line(file):
            number += 1
            place = f"{path} line {number}"
            if line.strip():
                row = _parse(check_length(line, place).encode(errors="surrogateescape"), place)
                if not isinstance(row, dict):
                    raise Error(f"{place}: not an object")
                yield row, place


def _parse(content: bytes, place: str) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Error(f"{place}: not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise Error(f"{place}: not JSON ({error.msg.removesuffix(' at')}); export it again") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets nested thousands deep
        raise Error(f"{place}: JSON that is too large ({error})") from error
