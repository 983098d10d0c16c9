"""Answers as news items: ninjs 3.0."""

import json

import numpy as np
import pytest

from classifier.data.answers import OutputOptions, TaggedBatch
from classifier.data.articles import Article
from classifier.data.reading import read
from classifier.data.writers import open_writer
from classifier.data.writers.ninjs import item_uri
from classifier.errors import UsageError
from classifier.model.predictions import Predictions

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed: pip install '.[dev]'")

CLASSES = ["sport", "defense-cooperation", "science", "погода"]  # exact, broad and close matches, and none
STRING, URI, PERCENT = (
    {"type": "string"},
    {"type": "string", "pattern": "^[a-z]+:[!-~]+$"},
    {"minimum": 0, "maximum": 100},
)


def an_object(*required, **properties):
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


# What ninjs 3.0 asks of the properties that we write, in our words; it allows many others.
SCHEMA = an_object(
    "uri",
    uri=URI,
    type={"enum": ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"]},
    representationType={"enum": ["full", "partial"]},
    profile=STRING,
    edNote=STRING,
    standard=an_object(name=STRING, version=STRING, schema=URI),
    headlines={"type": "array", "items": an_object("value", role=STRING, contentType=STRING, value=STRING)},
    subjects={
        "type": "array",
        "items": an_object(
            name=STRING, rel=STRING, uri=URI, literal=STRING, creator=STRING, confidence={"type": "integer", **PERCENT}
        ),
    },
)


def items(path, articles, options=OutputOptions("ninjs"), note=""):  # noqa: B008
    """Write articles that all have all topics; return the items."""
    shape = (len(articles), len(CLASSES))
    probabilities = np.tile([0.996, 0.75, 0.5, 0.004], (len(articles), 1))
    given = np.zeros(shape, np.int8) if note else np.ones(shape, np.int8)
    with open_writer(path, options, CLASSES) as write:
        write(TaggedBatch(articles, Predictions(CLASSES, probabilities, given, [note] * len(articles))))
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for item in found:
        jsonschema.validate(item, SCHEMA)
    return found


def test_an_article_is_an_item_with_its_headline_and_without_its_text(tmp_path):
    article = Article("17", "Визит\nТайный текст", {}, "x", "Визит")
    (item,) = items(tmp_path / "a.ninjs", [article])
    assert item["uri"] == "urn:x-news-topics:article:17" and item["standard"]["version"] == "3.0"
    assert item["headlines"] == [{"value": "Визит"}] and "Тайный" not in json.dumps(item, ensure_ascii=False)


def test_a_topic_has_the_address_of_a_media_topic_only_if_they_are_the_same(tmp_path):
    (item,) = items(tmp_path / "a.ninjs", [Article("1", "x", {}, "x")])
    ours = {"creator": "news-topics"}
    assert item["subjects"] == [
        {"name": "Спорт", "uri": "http://cv.iptc.org/newscodes/mediatopic/15000000", **ours, "confidence": 100},
        {
            "name": "Военное и военно-техническое сотрудничество",
            "literal": "defense-cooperation",
            **ours,
            "confidence": 75,
        },
        {"name": "Наука", "literal": "science", **ours, "confidence": 50},
        {"name": "погода", "literal": "погода", **ours, "confidence": 0},
    ]


def test_names_can_be_english(tmp_path):
    (item,) = items(tmp_path / "a.jsonl", [Article("1", "x", {}, "x")], OutputOptions("ninjs", "en"))
    assert item["subjects"][0]["name"] == "Sport"


def test_a_note_is_one_for_editors(tmp_path):
    (item,) = items(tmp_path / "a.ninjs", [Article("1", "Hello", {}, "x")], note="not Russian")
    assert item["subjects"] == [] and item["edNote"] == "news-topics: not Russian" and "headlines" not in item


@pytest.mark.parametrize(
    "identifier", ["https://example.org/a%20b?id=1#x", "urn:newsml:example.org:20240506:17", "tag:a,1:b"]
)
def test_an_id_that_is_a_uri_stays(identifier):
    assert item_uri(identifier) == identifier


@pytest.mark.parametrize(
    "identifier",
    ["n.csv:17", "C:\\a", "https://a b", "https://x/%zz", "http://x/#a#b", "javascript:x", "матч", "\ud800", ""],
)
def test_any_other_id_becomes_one(identifier):
    uri = item_uri(identifier)
    assert uri.startswith("urn:x-news-topics:article:") and uri.isascii() and uri.isprintable() and " " not in uri


def test_a_headline_is_what_a_title_or_a_first_line_says(put):
    paths = [
        put("a.csv", "title,text\nВизит,Текст\n,Текст\n"),
        put("b.txt", "Матч\nТекст"),
        put("c.txt", "Текст без заголовка"),
    ]
    assert [article.headline for article in read(paths)] == ["Визит", "", "Матч", ""]


@pytest.mark.parametrize("options", [{"all_topics": True}, {"long": True}, {"keep": ("date",)}])
def test_what_ninjs_has_no_place_for_is_refused(tmp_path, options):
    with (
        pytest.raises(UsageError, match="ninjs has no place for --"),
        open_writer(tmp_path / "a.ninjs", OutputOptions(**options), CLASSES),
    ):
        pass
