"""The topics that readers may give, by whatever name they wrote."""

import difflib
import re
from collections.abc import Iterable

from classifier.annotation.tasks import NO_TOPIC
from classifier.errors import UsageError
from classifier.topics import NAME_KINDS, topic_name

_NEAREST = 3  # topics that a message offers


class TopicNames:
    """Finds topics by id, Russian or English name, whatever the case and the spaces.

    Parameters
    ----------
    topics
        Ids that are known.
    """

    def __init__(self, topics: Iterable[str]) -> None:
        topics = list(topics)
        names = [(topic_name(topic, kind), topic) for kind in NAME_KINDS[:2] for topic in topics]
        self._ids = {_fold(name): topic for name, topic in [*names, *zip(topics, topics, strict=True)]}

    def parse(self, cell: str, place: str) -> list[str]:
        """Return the topics of a cell, separated by ``;``, line breaks, or commas that belong to no name.

        >>> TopicNames(["finance", "sport"]).parse("БАНКИ, рынки и  валюта; sport", "row 1")
        ['finance', 'sport']

        Raises
        ------
        UsageError
            A topic is unknown.
        """
        found: list[str] = []
        for part in filter(str.strip, [cell] if self._knows(cell) else re.split(r"[;\n]", cell)):
            names = [part] if self._knows(part) else part.split(",")
            unknown = [name for name in names if not self._knows(name)]
            if unknown:
                raise self._unknown(part if len(unknown) == len(names) else unknown[0], place)
            found += [self._ids[_fold(name)] for name in names if _fold(name) != _fold(NO_TOPIC)]
        return found

    def find(self, name: str) -> str | None:
        """Return the topic of a name; None if there is none.

        >>> TopicNames(["finance", "sport"]).find("спорт")
        'sport'
        """
        return self._ids.get(_fold(name))

    def parse_all(self, cells: Iterable[str], place: str) -> list[str]:
        """Return the topics of several cells, each once."""
        return list(dict.fromkeys(topic for cell in cells for topic in self.parse(cell, place)))

    def _knows(self, name: str) -> bool:
        return _fold(name) in self._ids or _fold(name) == _fold(NO_TOPIC)

    def _unknown(self, name: str, place: str) -> UsageError:
        near = difflib.get_close_matches(_fold(name)[:100], self._ids, n=2 * _NEAREST)
        offers = list(dict.fromkeys(self._ids[match] for match in near))[:_NEAREST]
        shown = ", ".join(f"{topic} ({topic_name(topic, 'ru')})" for topic in offers)
        advice = f"nearest: {shown}" if shown else "'news-topics topics' lists those known"
        return UsageError(f"{place}: unknown topic {name.strip()[:60]!r}; {advice}; a new one is allowed with --topic")


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())
