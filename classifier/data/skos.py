"""The topics as a thesaurus for other programs: SKOS (W3C), written in Turtle."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from classifier.topics import Topic, media_topic_uri, taxonomy

SCHEME = "urn:x-news-topics:topics"
_MATCHES = {"exact": "exactMatch", "close": "closeMatch", "broad": "broadMatch"}  # what the Media Topic is to ours
_SPECIAL = re.compile(r"[\x00-\x1f\x7f-\x9f\"\\\ud800-\udfff]")


def to_turtle(topics: Sequence[str]) -> str:
    """Return the topics as concepts of one scheme; those outside the taxonomy have a notation and a label only."""
    lines = [
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
        "@prefix dct: <http://purl.org/dc/terms/> .",
        "",
        "# IPTC Media Topics are © IPTC, CC BY 4.0: https://iptc.org/standards/media-topics/",
        f"<{SCHEME}> a skos:ConceptScheme ;",
        '    dct:title "Темы новостей"@ru , "News topics"@en .',
    ]
    for topic in topics:
        lines += ["", f"<{topic_uri(topic)}> a skos:Concept ;", " ;\n".join(_properties(topic)) + " ."]
    return "\n".join(lines)


def topic_uri(topic: str) -> str:
    """Return the identifier of a topic, whatever its id.

    >>> topic_uri("sport"), topic_uri("a> b")
    ('urn:x-news-topics:topic:sport', 'urn:x-news-topics:topic:a%3E%20b')
    """
    return f"urn:x-news-topics:topic:{quote(topic, safe='', errors='replace')}"


def _properties(topic: str) -> Iterator[str]:
    yield f"    skos:inScheme <{SCHEME}> ;\n    skos:topConceptOf <{SCHEME}>"
    yield f"    skos:notation {_literal(topic)}"
    known = taxonomy().get(topic)
    if known is None:
        yield f"    skos:prefLabel {_literal(topic)}"
    else:
        yield from _known_properties(known)


def _known_properties(topic: Topic) -> Iterator[str]:
    yield f"    skos:prefLabel {_literal(topic.ru)}@ru , {_literal(topic.en)}@en"
    yield f"    skos:definition {_literal(topic.definition_ru)}@ru , {_literal(topic.definition_en)}@en"
    yield f"    skos:{_MATCHES[topic.iptc_match]} <{media_topic_uri(topic)}>"


def _literal(text: str) -> str:
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(found: "re.Match[str]") -> str:
    """Return a character as Turtle writes it; it has no way to write a lone surrogate."""
    character = found[0]
    if "\ud800" <= character <= "\udfff":
        return "?"
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04X}"
