import json

import pytest

from classifier.data.articles import Notice, ReadOptions
from classifier.data.reading import read
from classifier.errors import Error

TEXT = "Министр обороны обсудил с послом поставки вооружений и совместное производство"
FILES = {"a.txt": TEXT, "a.csv": f"text\n{TEXT}\n", "a.jsonl": json.dumps({"text": TEXT}, ensure_ascii=False)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", FILES)
def test_unicode_is_read_with_and_without_a_byte_order_mark(put, name, encoding):
    assert [article.text for article in read([put(name, FILES[name].encode(encoding))])] == [TEXT]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "cp866", "utf-16-le", "utf-16-be"])
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
