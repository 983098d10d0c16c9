"""JSON: an article an object of an array."""

import json
from collections.abc import Iterator
from typing import Any

from classifier.data.articles import Article
from classifier.data.encodings import check_decoded
from classifier.data.readers.json_lines import Record, parse_json, read_records
from classifier.data.readers.source import Source
from classifier.errors import Error, UsageError

MAX_SIZE = 200_000_000  # characters; as objects they take a few times as much


def read_json(source: Source) -> Iterator[Article]:
    """Read the objects of an array; an object with a text is an array of one."""
    name = source.name
    with source.decoded() as file:
        text = file.read(MAX_SIZE + 1)
        if len(text) > MAX_SIZE:
            raise Error(f"{name} has more than {MAX_SIZE:,} characters, the limit for JSON: {_advice('.[]', name)}")
        _refuse_lines(text, name)
        content = parse_json(check_decoded(text, name, file.encoding), name)
        del text
    rows = content if isinstance(content, list) else [_single(content, source)]
    if not rows:
        raise UsageError(f"{name} is an empty array: there is nothing to read")
    yield from read_records(source, (_record(number, row, name) for number, row in enumerate(rows, 1)))


def _record(number: int, row: Any, name: str) -> Record:
    return Record(number, f"{name} item {number}", lambda: row)


def _refuse_lines(text: str, name: str) -> None:
    """Refuse a file that has an object on each line: a `UsageError`."""
    first, _, rest = text.lstrip().partition("\n")
    if first.startswith("{") and rest.lstrip().startswith("{") and first.rstrip().endswith("}"):
        raise UsageError(f"{name} has an object on each line: read it with --from jsonl, or name it .jsonl")


def _single(content: Any, source: Source) -> Any:
    """Return what may be an article; a `UsageError` if the articles seem to be deeper."""
    if isinstance(content, dict) and source.options.columns.text not in content:
        arrays = [
            key for key, value in content.items() if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        if arrays:
            way = _advice(f".[{json.dumps(arrays[0], ensure_ascii=False)}][]", source.name)
            raise UsageError(f"{source.name} is an object; if its array {arrays[0]!r} holds the articles: {way}")
    return content


def _advice(path: str, name: str) -> str:
    return f"write each article on a line of a .jsonl, as `jq -c '{path}' {name}` does"
