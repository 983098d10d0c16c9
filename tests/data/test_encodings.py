import json

import pytest

from classifier.data.articles import Notice, ReadOptions
from classifier.data.encodings import is_text_encoding
from classifier.data.reading import read
from classifier.errors import Error

TEXT = "Министр обороны обсудил с послом поставки вооружений и совместное производство"
FILES = {"a.txt": TEXT, "a.csv": f"text\n{TEXT}\n", "a.jsonl": json.dumps({"text": TEXT}, ensure_ascii=False)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", FILES)
def test_unicode_is_read_with_and_without_a_byte_order_mark(put, name, encoding):
    assert [article.text for article in read([put(name, FILES[name].encode(encoding))])] == [TEXT]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "cp866", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_another_encoding_is_guessed_and_reported(put, encoding):
    with pytest.warns(Notice, match=f"read as {encoding}; if that is wrong, use --encoding"):
        (article,) = read([put("old.txt", TEXT.encode(encoding))])
    assert article.text == TEXT


def test_a_given_encoding_is_used(put):
    (article,) = read([put("old.txt", TEXT.encode("cp866"))], ReadOptions(encoding="cp866"))
    assert article.text == TEXT


def test_a_wrong_encoding_is_an_error(put):
    with pytest.raises(Error, match="not valid utf-8.*--encoding"):
        list(read([put("a.txt", TEXT.encode("cp1251"))], ReadOptions(encoding="utf-8")))


def test_zero_bytes_in_a_text_stay(put):
    (article,) = read([put("a.txt", f"{TEXT}\0{TEXT}")])
    assert article.text == f"{TEXT}\0{TEXT}"


@pytest.mark.parametrize("content", [b"\0" * 5000, b"text\0\0\0" * 1000])
def test_zero_bytes_are_not_text(put, content):
    with pytest.raises(Error, match="not text: it holds zero bytes"):
        list(read([put("a.txt", content)]))


@pytest.mark.parametrize("name", ["rot13", "zip", "idna", "klingon", "a\0b"])
def test_an_encoding_that_is_none_for_texts_is_not_known(name):
    assert not is_text_encoding(name)


@pytest.mark.parametrize("name", ["utf-8", "cp1251", "utf-16", "utf_32_le"])
def test_an_encoding_for_texts_is_known(name):
    assert is_text_encoding(name)
