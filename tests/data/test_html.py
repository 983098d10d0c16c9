"""Pages saved from a news site."""

import sys

import pytest

from classifier.data.reading import read
from classifier.errors import UsageError

PAGE = """<!DOCTYPE html><html><head><title>Посол: поставки идут по графику</title></head><body>
<nav><a href="/">Главная</a> <a href="/sport">Спорт</a></nav><article><h1>Посол: поставки идут по графику</h1>
<p>Министр обороны обсудил с послом поставки вооружений и совместное производство двигателей. Переговоры заняли три часа,
стороны договорились о сервисном центре и о подготовке расчётов.</p><p>Следующая встреча назначена на декабрь.</p></article>
<footer>Реклама на сайте</footer></body></html>"""


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_headline_and_main_text_of_a_page_are_read(put, name, encoding):
    pytest.importorskip("trafilatura")
    page = PAGE.replace("<head>", f'<head><meta charset="{encoding}">')
    (article,) = read([put(name, page.encode(encoding))])
    assert article.text.startswith("Посол: поставки идут по графику\nМинистр обороны обсудил")
    assert "Следующая встреча" in article.text and "Реклама" not in article.text and "Спорт" not in article.text


def test_without_trafilatura_a_page_is_refused_with_advice(put, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(UsageError, match="a.html is an HTML page; to read it: pip install trafilatura"):
        list(read([put("a.html", PAGE)]))
