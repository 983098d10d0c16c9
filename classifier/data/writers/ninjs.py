"""ninjs 3.0, the JSON of the IPTC for news items: an item a line, without the text of the article."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import quote

from classifier.data.answers import OutputOptions, TaggedBatch, Write
from classifier.topics import NameKind, media_topic_uri, taxonomy, topic_name

PROGRAM = "news-topics"
STANDARD = {"name": "ninjs", "version": "3.0", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"}
_PART = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_URI = re.compile(
    rf"(?:https?://|urn:[A-Za-z0-9][A-Za-z0-9-]+:|tag:){_PART}+(?:\?(?:{_PART}|\?)*)?(?:#(?:{_PART}|\?)*)?"
)


@contextmanager
def write_ninjs(file: IO[str], options: OutputOptions, classes: Sequence[str]) -> Iterator[Write]:
    """Open a function that writes batches."""

    def write(batch: TaggedBatch) -> None:
        predictions = batch.predictions
        ranked = predictions.ranked()
        for row, (article, columns, note) in enumerate(zip(batch.articles, ranked, predictions.notes, strict=True)):
            item: dict[str, Any] = {"uri": item_uri(article.id), "type": "text", "representationType": "partial"}
            item |= {"profile": PROGRAM, "standard": STANDARD}
            if article.headline:
                item["headlines"] = [{"value": article.headline}]
            item["subjects"] = [
                _subject(predictions.classes[column], predictions.probability(row, column), options.names or "ru")
                for column in columns
            ]
            if note:
                item["edNote"] = f"{PROGRAM}: {note}"
            file.write(json.dumps(item, ensure_ascii=False) + "\n")

    yield write


def item_uri(identifier: str) -> str:
    """Return the id of an article as a URI: itself if it is one.

    >>> item_uri("https://example.org/news/17"), item_uri("news.csv:17")
    ('https://example.org/news/17', 'urn:x-news-topics:article:news.csv%3A17')
    """
    if _URI.fullmatch(identifier):
        return identifier
    return f"urn:x-{PROGRAM}:article:{quote(identifier, safe='', errors='replace')}"


def _subject(topic: str, probability: float | None, names: NameKind) -> dict[str, Any]:
    """Return a topic; it has the address of a Media Topic only if it is the same, else our id."""
    known = taxonomy().get(topic)
    is_same = known is not None and known.iptc_match == "exact"
    code = {"uri": media_topic_uri(known)} if known and is_same else {"literal": topic}
    confidence = {} if probability is None else {"confidence": round(100 * probability)}
    return {"name": topic_name(topic, names), **code, "creator": PROGRAM, **confidence}
