"""The 45 topics that the shipped model knows, as data: names, definitions, IPTC Media Topic codes.

IPTC Media Topics are © IPTC, licensed under CC BY 4.0 (https://iptc.org/standards/media-topics/). A model of other
topics works just as well: a topic that is not in this table goes by its own id.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

Names = Literal["ru", "en", "iptc", "iptc-top"]


class Topic(NamedTuple):
    """One row of ``topics.csv``; `iptc_top` is the IPTC top-level topic to which the topic rolls up."""

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
    """Topics by id, in the order of the table.

    >>> taxonomy()["defense-cooperation"].iptc_top_name
    'politics and government'
    """
    lines = (files("classifier") / "topics.csv").read_text(encoding="utf-8").splitlines()
    return {row["id"]: Topic(**row) for row in csv.DictReader(lines)}


def name(topic: str, names: Names) -> str:
    """A topic's name: Russian, English, or code and name of its IPTC topic or top-level topic; else the id itself.

    >>> name("diplomacy", "ru"), name("diplomacy", "iptc-top"), name("weather on Mars", "en")
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
    }[names]


def in_order(topics: set[str]) -> list[str]:
    """Topics in the order of the taxonomy, those outside it behind, by alphabet."""
    return [topic for topic in taxonomy() if topic in topics] + sorted(topics - taxonomy().keys())
