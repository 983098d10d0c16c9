"""JSON: an array of articles."""

import io

import pytest

from classifier.data.articles import Columns, Notice, ReadOptions
from classifier.data.reading import read
from classifier.errors import Error, UsageError

ARRAY = '[{"id": 1, "title": "Визит", "text": "Переговоры"},\n {"text": "Матч"}]'


def test_an_object_of_an_array_is_an_article(put):
    path = put("a.json", ARRAY)
    articles = list(read([path]))
    assert [article[:2] for article in articles] == [("1", "Визит\nПереговоры"), (f"{path}:2", "Матч")]
    assert articles[1].place == f"{path} item 2"


def test_an_array_is_read_from_standard_input_too(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ARRAY.encode())))
    assert [article.id for article in read(["-"])] == ["1", "standard input:2"]


def test_an_object_with_a_text_is_one_article(put):
    assert [article.text for article in read([put("a.json", '{\n "text": "Матч"\n}')])] == ["Матч"]


def test_a_broken_item_is_left_out(put):
    errors = []
    path = put("a.json", '[{"text": "Матч"}, {"text": 5}, 7, {"id": 1}, {"text": "Суд"}]')
    assert [article.text for article in read([path], on_error=errors.append)] == ["Матч", "Суд"]
    assert [str(error).split(": ")[0].split("/")[-1] for error in errors] == [f"a.json item {n}" for n in (2, 3, 4)]


def test_a_column_that_was_named_and_that_no_item_has_is_told(put):
    with pytest.warns(Notice, match="no article has 'headline'"):
        list(read([put("a.json", ARRAY)], ReadOptions(Columns(title="headline"))))


@pytest.mark.parametrize(
    "content, kind, message",
    [
        ('{"news": [{"text": "x"}], "n": 1}', UsageError, r"""if its array 'news' holds .* `jq -c '.\["news"\]\[\]'"""),
        ('{"id": 1}\n', UsageError, r"item 1: no column 'text' \(there are: id\)"),
        ('{"text": "a"}\n{"text": "b"}\n', UsageError, "an object on each line: read it with --from jsonl"),
        ("[]", UsageError, "is an empty array"),
        ("5", Error, "item 1: not an object"),
        ("[{", Error, "a.json: not JSON"),
        ("[" * 100_000, Error, "JSON that is too large"),
        (b'[{"text": "' + "Матч".encode() * 30 + b'\xff"}]', Error, "not valid utf-8: byte 0xff"),
    ],
)
def test_other_json_gets_one_line_of_advice(put, content, kind, message):
    with pytest.raises(Error, match=message) as error:
        list(read([put("a.json", content)]))
    assert type(error.value) is kind


def test_json_has_a_limit(put, monkeypatch):
    monkeypatch.setattr("classifier.data.readers.json.MAX_SIZE", 50)
    with pytest.raises(Error, match="more than 50 characters, the limit for JSON: write each article on a line"):
        list(read([put("a.json", ARRAY)]))
