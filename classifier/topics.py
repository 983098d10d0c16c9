"""The 45 topics of the shipped model: ids, names, definitions and IPTC Media Topic codes.

IPTC Media Topics are © IPTC, licensed under CC BY 4.0 (https://iptc.org/standards/media-topics/). A model may have
other topics. A topic that is not in the table is known by its id alone.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from classifier.errors import UsageError

NameKind = Literal["ru", "en", "iptc", "iptc-top"]
AVERAGES = ["micro", "macro", "samples"]  # rows of a report beside the topics; no topic can have such an id
NAME_KINDS: tuple[NameKind, ...] = ("ru", "en", "iptc", "iptc-top")


class Topic(NamedTuple):
    """One row of ``topics.csv``; `iptc_top` is the IPTC top-level topic above the topic."""

    code: str
    id: str
    ru: str
    en: str
    iptc: str
    iptc_name: str
    iptc_match: str
    iptc_top: str
    iptc_top_name: str
    definition_ru: str
    definition_en: str


@cache
def taxonomy() -> dict[str, Topic]:
    """Return the topics by id, in the order of the table.

    >>> taxonomy()["defense-cooperation"].iptc_top_name
    'politics and government'
    """
    lines = (files("classifier") / "topics.csv").read_text(encoding="utf-8").splitlines()
    return {row["id"]: Topic(**row) for row in csv.DictReader(lines)}


def topic_name(topic: str, kind: NameKind) -> str:
    """Return a topic's Russian or English name, or code and name of its IPTC topic; the id if it has none.

    >>> topic_name("diplomacy", "ru"), topic_name("diplomacy", "iptc-top"), topic_name("weather on Mars", "en")
    ('Дипломатия и внешняя политика', 'medtop:11000000 politics and government', 'weather on Mars')
    """
    known = taxonomy().get(topic)
    if known is None:
        return topic
    return {
        "ru": known.ru,
        "en": known.en,
        "iptc": f"{known.iptc} {known.iptc_name}",
        "iptc-top": f"{known.iptc_top} {known.iptc_top_name}",
    }[kind]


def media_topic_uri(topic: Topic) -> str:
    """Return the address of the IPTC Media Topic that a topic is mapped to.

    >>> media_topic_uri(taxonomy()["diplomacy"])
    'http://cv.iptc.org/newscodes/mediatopic/20000639'
    """
    return f"http://cv.iptc.org/newscodes/mediatopic/{topic.iptc.removeprefix('medtop:')}"


def taxonomy_order(topics: Iterable[str]) -> list[str]:
    """Sort topic ids as the taxonomy lists them; ids outside it follow in alphabetical order."""
    topics = set(topics)
    return [topic for topic in taxonomy() if topic in topics] + sorted(topics - taxonomy().keys())


def check_known(topic: str, known: Iterable[str]) -> None:
    """Refuse a topic that is not known, with advice on the nearest that is: a `UsageError`."""
    from difflib import get_close_matches

    known = list(known)
    if topic in known:
        return
    names = {name.lower(): id for id in known for name in (topic_name(id, "en"), topic_name(id, "ru"), id)}
    near = get_close_matches(topic.lower(), names, n=1)
    advice = f"did you mean {names[near[0]]!r}?" if near else "`news-topics topics` lists its topics"
    raise UsageError(f"the model has no topic {topic!r}; {advice}")


def id_of_name(name: str, known: Iterable[str]) -> str | None:
    """Return the topic of which this is the Russian or English name, in any case; None if it is none."""
    names = {topic_name(id, kind).casefold(): id for id in known for kind in ("ru", "en")}
    found = names.get(name.casefold())
    return None if found == name else found


def check_id(topic: str) -> None:
    """Refuse an id that no topic can have: a `UsageError`."""
    if ";" in topic or not topic.strip() or topic.encode(errors="replace").decode() != topic:
        problem = "is empty, holds ';', which separates topics, or is not valid Unicode"
        raise UsageError(f"topic {topic!r} {problem}: give it another id")


def parse_topics(cells: Sequence[Any], places: Sequence[str] | None = None) -> list[list[str]]:
    """Read the topics of each cell of a table: a list, or a string separated by ``;``; a gap means no topic.

    Spaces separate topics too, if no cell has a ``;`` and all words are ids of the taxonomy. Repetitions are dropped.

    >>> parse_topics(["sport; culture", ["погода"], None])
    [['sport', 'culture'], ['погода'], []]
    >>> parse_topics(["sport culture", "sport"])
    [['sport', 'culture'], ['sport']]

    Parameters
    ----------
    cells
        A cell for each article.
    places
        Where each stands, for messages; None: they are counted.

    Raises
    ------
    UsageError
        A cell holds something else, or topics seem to be separated by commas.
    """
    places = places or [f"row {number}" for number in range(1, len(cells) + 1)]
    strings = {place: cell for place, cell in zip(places, cells, strict=True) if isinstance(cell, str)}
    words = {word for cell in strings.values() for word in cell.split()}
    by_spaces = not any(";" in cell for cell in strings.values()) and words <= taxonomy().keys()
    _refuse_commas({place: cell for place, cell in strings.items() if ";" not in cell})

    def parse(cell: Any, place: str) -> list[str]:
        if cell is None or (isinstance(cell, float) and math.isnan(cell)):
            return []
        if not isinstance(cell, Iterable) or isinstance(cell, Mapping | bytes):
            raise UsageError(f"{place}: topics are {cell!r:.60}, neither a list nor a string separated by ';'")
        names = (cell.split() if by_spaces else cell.split(";")) if isinstance(cell, str) else list(cell)
        for name in names:
            if not isinstance(name, str | int):
                raise UsageError(f"{place}: a topic is {name!r:.40}, not a string")
        return list(dict.fromkeys(filter(None, (str(name).strip() for name in names))))

    return [parse(cell, place) for cell, place in zip(cells, places, strict=True)]


def _refuse_commas(cells: Mapping[str, str]) -> None:
    """Refuse topics separated by commas, which would become one topic.

    That they are is likely if no space follows a comma, or if what stands between commas is a topic elsewhere.
    """
    found = {place: [name.strip() for name in cell.split(",")] for place, cell in cells.items()}
    counts = Counter(name for names in {tuple(names) for names in found.values()} for name in names)
    counts.update(taxonomy().keys())
    for place, names in found.items():
        has_bare_comma = re.search(r",(?=[^\W\d])", cells[place])
        if len(names) > 1 and (has_bare_comma or all(counts[name] > 1 for name in names)):
            raise UsageError(
                f"{place}: topics {cells[place]!r:.60} look separated by commas: write ';' between them, "
                "or at the end of each cell if the commas belong to the names"
            )
