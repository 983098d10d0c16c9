"""What several readers said, article by article, and what stands of it."""

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from classifier.annotation.names import TopicNames
from classifier.annotation.returned import read_returned
from classifier.annotation.returned.row import Row
from classifier.data.articles import Notice


class Label(NamedTuple):
    """What stands about an article: topics that most of its readers gave; disputed are those that not all gave."""

    id: str
    topics: list[str]
    chosen: str
    readers: int
    disputed: list[str]


@dataclass(frozen=True)
class Readings:
    """What readers said.

    Attributes
    ----------
    topics
        Articles by id, in the order in which they came, and in each the topics that a reader gave, by name of the
        reader. An article that nobody has read has no reader.
    chosen
        Why an article was chosen, if it is known.
    """

    topics: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)

    def labels(self) -> list[Label]:
        """Return what stands about each article that was read; topics that most readers gave come first."""
        return [
            _label(article, list(readers.values()), self.chosen.get(article, ""))
            for article, readers in self.topics.items()
            if readers
        ]

    def is_tied(self, label: Label) -> bool:
        """Whether half of an article's readers gave a topic, and half did not."""
        votes = _votes(self.topics[label.id].values())
        return any(2 * count == label.readers for count in votes.values())

    def readers(self) -> set[str]:
        """Return the names of those who have read anything."""
        return {reader for readers in self.topics.values() for reader in readers}

    def unread(self) -> int:
        """Return the number of articles that nobody has read."""
        return sum(not readers for readers in self.topics.values())

    def add(self, row: Row, reader: str, topics: Sequence[str] | None) -> bool:
        """Add what a reader said, in place of what the same one said earlier; returns whether that was something else.

        None as `topics` says that the article was not read.
        """
        readers = self.topics.setdefault(row.article, {})
        if row.chosen:
            self.chosen.setdefault(row.article, row.chosen)
        if topics is None:
            return False
        earlier = readers.get(reader)
        readers[reader] = list(dict.fromkeys(topics))
        return earlier is not None and set(earlier) != set(topics)


def collect_readings(paths: Sequence[Path], names: TopicNames) -> Readings:
    """Read the files that came back.

    A reader is a name that a file tells; a number, which other files may give to others, together with the file; or
    the file. A `Notice` tells how many articles a reader has read again with another result: the later one counts.

    Raises
    ------
    UsageError
        A file is not one of readers, or a topic is unknown.
    Error
        A file is damaged.
    """
    readings, seen, changed = Readings(), set[str](), 0
    for path, name in _named(paths):
        for row in read_returned(path):
            if row.annotation and row.annotation in seen:
                continue
            seen.add(row.annotation)
            topics = None if row.topics is None else names.parse_all(row.topics, row.place)
            changed += readings.add(row, _reader(row.reader, name), topics)
    if changed:
        message = f"{changed:,} times a reader gave other topics to an article than earlier: the later ones count"
        warnings.warn(message, Notice, stacklevel=2)
    return readings


def _reader(reader: str, file: str) -> str:
    if not reader:
        return file
    return f"{file} {reader}" if reader.isdecimal() else reader


def _named(paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield the files, each once, and what readers are called who have no other name than that of their file."""
    files = list({os.path.realpath(path): path for path in paths}.values())
    for name_of in (_stem, _name, str):
        names: Counter[str] = Counter(map(name_of, files))
        if len(names) == len(files):
            break
    yield from ((path, name_of(path)) for path in files)


def _stem(path: Path) -> str:
    return path.stem


def _name(path: Path) -> str:
    return path.name


def _votes(given: Iterable[Sequence[str]]) -> Counter[str]:
    """Return how many readers gave each topic."""
    return Counter(topic for topics in given for topic in topics)


def _label(article: str, given: Sequence[Sequence[str]], chosen: str) -> Label:
    votes = _votes(given)
    ordered = [topic for topic, _ in votes.most_common()]
    stands = [topic for topic in ordered if 2 * votes[topic] > len(given)]
    return Label(article, stands, chosen, len(given), [topic for topic in ordered if votes[topic] < len(given)])
