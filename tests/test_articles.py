import io
import json
import re
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.articles import Columns, Notice, batches, read
from classifier.errors import Error, UsageError

TEXT = "Министр обороны обсудил с послом поставки вооружений и совместное производство"
ROWS = [
    {"id": "a", "title": "Визит", "text": "Переговоры\nв Дели"},
    {"id": "b", "title": None, "text": "Матч; «шайба»"},
]
EXPECTED = [("a", "Визит\nПереговоры\nв Дели"), ("b", "Матч; «шайба»")]


def write(path, rows=ROWS):
    frame = pd.DataFrame(rows)
    {
        ".csv": lambda: frame.to_csv(path, index=False),
        ".tsv": lambda: frame.to_csv(path, index=False, sep="\t"),
        ".jsonl": lambda: frame.to_json(path, orient="records", lines=True, force_ascii=False),
        ".parquet": lambda: frame.to_parquet(path),
    }[path.suffix]()
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_a_row_of_a_table_is_an_article_with_its_title_on_the_first_line(tmp_path, ending):
    articles = read([write(tmp_path / f"news.{ending}")])
    assert [(article.id, article.text) for article in articles] == EXPECTED


def test_a_text_file_is_an_article(tmp_path):
    (tmp_path / "a.txt").write_text("Визит\nПереговоры", encoding="utf-8")
    (article,) = read([tmp_path / "a.txt"])
    assert article.text == "Визит\nПереговоры" and article.id == str(tmp_path / "a.txt")


def test_a_folder_is_its_files_by_name(tmp_path):
    (tmp_path / "deeper").mkdir()
    for name in ("b.txt", "a.txt", "deeper/c.txt", "picture.png"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert [article.text for article in read([tmp_path])] == ["a.txt", "b.txt", "deeper/c.txt"]


def test_a_semicolon_parts_the_columns_of_a_russian_spreadsheet(tmp_path):
    (tmp_path / "news.csv").write_text("id;text\n1;Матч, шайба\n", encoding="utf-8")
    assert [article.text for article in read([tmp_path / "news.csv"])] == ["Матч, шайба"]


def test_rows_without_an_id_are_numbered(tmp_path):
    path = write(tmp_path / "news.csv", [{"text": "один"}, {"text": "два"}])
    assert [article.id for article in read([path])] == [f"{path}:1", f"{path}:2"]


def test_columns_can_have_other_names_and_be_kept(tmp_path):
    path = write(
        tmp_path / "news.parquet", [{"n": 7, "head": "Визит", "body": "Переговоры", "date": "2020-12-01", "x": 1}]
    )
    (article,) = read([path], Columns("body", "head", "n", keep=("date",)))
    assert article[:3] == ("7", "Визит\nПереговоры", {"date": "2020-12-01"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl"])
def test_unicode_with_and_without_a_mark_is_read(tmp_path, name, encoding):
    content = {"a.txt": TEXT, "a.csv": f"text\n{TEXT}\n", "a.jsonl": json.dumps({"text": TEXT}, ensure_ascii=False)}[
        name
    ]
    (tmp_path / name).write_text(content, encoding=encoding)
    assert [article.text for article in read([tmp_path / name])] == [TEXT]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "cp866"])
def test_an_old_encoding_is_guessed_and_said(tmp_path, encoding):
    (tmp_path / "old.txt").write_text(TEXT, encoding=encoding)
    with pytest.warns(Notice, match=f"read as {encoding}, --encoding"):
        (article,) = read([tmp_path / "old.txt"])
    assert article.text == TEXT


def test_a_given_encoding_is_taken(tmp_path):
    (tmp_path / "old.txt").write_text(TEXT, encoding="cp866")
    (article,) = read([tmp_path / "old.txt"], encoding="cp866")
    assert article.text == TEXT


@pytest.mark.parametrize("content, text", [('{"text": "Матч"}\n', "Матч"), ("Матч {и}\nшайба", "Матч {и}\nшайба")])
def test_standard_input_is_json_lines_or_one_article(monkeypatch, content, text):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    assert [article.text for article in read(["-"])] == [text]


def test_an_article_longer_than_the_csv_module_allows_is_read(tmp_path):
    path = write(tmp_path / "long.csv", [{"text": "слово " * 100_000}])
    (article,) = read([path])
    assert len(article.text) == 600_000


def bad(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "name, content, kind, message",
    [
        ("a.txt", "", UsageError, "a.txt is empty"),
        ("a.txt", " \n", UsageError, "a.txt is empty"),
        ("a.txt", b"\x89PNG\r\n\0\0", Error, "not text: it holds zero bytes"),
        ("a.png", b"\x89PNG\r\n\0\0", UsageError, "unknown format: I read .txt .html .htm .csv"),
        ("a.csv", "a,b\n1,2\n", UsageError, "no column 'text' \\(there are: a, b\\); name yours with --text-column"),
        ("a.csv", "text,b\nx,y\nz\n", Error, "line 3: 1 fields where the header has 2"),
        ("a.jsonl", '{"text": "x"}\n' * 6 + "{oops\n", Error, "a.jsonl line 7: not JSON"),
        ("a.jsonl", "[1]\n", Error, "line 1: not an object"),
        ("a.csv", '"a\x1b[2J",b\n1,2\n', UsageError, "no column 'text' \\(there are: a \\[2J, b\\)"),
        ("a.jsonl", '{"text": ["x"]}\n', Error, "line 1: 'text' holds list"),
        ("a.jsonl", '{"body": "x"}\n', UsageError, "line 1: no column 'text' \\(there are: body\\)"),
        ("a.parquet", "junk", Error, "not a Parquet file or is damaged"),
    ],
)
def test_bad_input_gets_one_line_of_advice(tmp_path, name, content, kind, message):
    with pytest.raises(Error, match=message) as error:
        list(read([bad(tmp_path, name, content)]))
    assert type(error.value) is kind and "\n" not in str(error.value)


BAD_CSV = """id,text
1,"Матч, первый"
2,"нет кавычки
3,"Матч
в два тайма"
4,лишнее,поле
5,"ООО "Ромашка" открыло завод"
6,"Матч"
"""
BAD_JSON = [
    '{"id": 1, "text": "Матч"}',
    '{"id": 2, "text": ["Матч"]}',
    '{"id": 3, "text": {"body": "Матч"}}',
    '{"id": 4, "text": null, "title": null}',
    '{"id": 5}',
    '{"id": {"$oid": 6}, "text": "Матч"}',
    '{"id": 7, "text": 7}',
    '{"id": 8, "text": "Матч',
    '{"id": 9, "text": "\\ud83d\\u0000Матч"}',
    "[" * 100_000,
    '{"id": ' + "1" * 5000 + ', "text": "x"}',
    "null",
    '{"id": "1", "text": "Матч"}',
]


@pytest.mark.parametrize(
    "name, content, ids, lines",
    [
        ("a.csv", BAD_CSV, ["1", "3", "5", "6"], [3, 6]),
        ("a.tsv", BAD_CSV.replace(",", "\t"), ["1", "3", "5", "6"], [3, 6]),
        ("one.csv", 'text\n"x" y"\n"open\nz\n', ["one.csv:1", "one.csv:2"], [3]),
        ("a.jsonl", "\n".join(BAD_JSON), ["1", "4", "9", "1"], [2, 3, 5, 6, 7, 8, 10, 11, 12]),
        (
            "a.jsonl",
            f'{{"text": "{TEXT}"}}\n{{"text": "\udcff"}}\n{{"text": "y"}}'.encode(errors="surrogateescape"),
            ["a.jsonl:1", "a.jsonl:3"],
            [2],
        ),
        ("a.csv", b"text\n" + "Матч\n".encode() * 60_000 + b"\xcc\xe0\nx\n", 60_001, [60_002]),
    ],
    ids=["csv", "tsv", "one column", "jsonl", "bytes", "bytes far down"],
)
def test_a_broken_record_spoils_no_other_and_is_told_with_its_place(tmp_path, monkeypatch, name, content, ids, lines):
    monkeypatch.chdir(tmp_path)
    told = []
    found = [article.id for article in read([bad(tmp_path, name, content).name], broken=told.append)]
    assert (found if isinstance(ids, list) else len(found)) == ids
    assert [re.match(rf"{name} line (\d+)", str(error))[1] for error in told] == [str(line) for line in lines]
    with pytest.raises(Error, match=f"{name} line {lines[0]}"):
        list(read([name]))


def test_a_quote_that_is_never_closed_costs_one_record_of_many(tmp_path):
    rows = [f'{number},"Матч"\n' if number != 7 else '7,"Матч\n' for number in range(1, 30_000)]
    told = []
    found = list(read([bad(tmp_path, "a.csv", "id,text\n" + "".join(rows))], broken=told.append))
    assert len(found) == 29_998 and len(told) == 1 and "line 8: " in str(told[0])
    bare = ["id,text\n", '1,"Матч\n', *(f"{number},Матч\n" for number in range(2, 30_000))]
    assert len(list(read([bad(tmp_path, "b.csv", "".join(bare))], broken=told.append))) == 29_998


def test_a_broken_file_of_several_is_left_out_and_a_single_one_is_an_error(tmp_path):
    bad(tmp_path, "a.txt", "")
    bad(tmp_path, "b.txt", "Матч")
    bad(tmp_path, "c.parquet", "junk")
    told = []
    assert [article.text for article in read([tmp_path], broken=told.append)] == ["Матч"]
    assert len(told) == 2 and "a.txt is empty" in str(told[0]) and "c.parquet" in str(told[1])
    with pytest.raises(Error, match="a.txt is empty"):
        list(read([tmp_path / "a.txt"], broken=told.append))


def test_wrong_columns_are_wrong_use_and_no_broken_records(tmp_path):
    path = bad(tmp_path, "a.jsonl", '{"body": "x"}\n{"body": "y"}\n')
    with pytest.raises(UsageError, match="--text-column"):
        list(read([path], broken=lambda error: None))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_told_by_its_bytes(tmp_path, encoding):
    with pytest.warns(Notice, match=f"read as {encoding}"):
        (article,) = read([bad(tmp_path, "a.txt", TEXT.encode(encoding))])
    assert article.text == TEXT


def test_zero_bytes_in_a_text_part_words(tmp_path):
    (article,) = read([bad(tmp_path, "a.txt", f"{TEXT}\0{TEXT}")])
    assert article.text == f"{TEXT}\0{TEXT}"


PAGE = """<!DOCTYPE html><html><head><title>Посол: поставки идут по графику</title></head><body>
<nav><a href="/">Главная</a> <a href="/sport">Спорт</a></nav><article><h1>Посол: поставки идут по графику</h1>
<p>Министр обороны обсудил с послом поставки вооружений и совместное производство двигателей. Переговоры заняли три часа,
стороны договорились о сервисном центре и о подготовке расчётов.</p><p>Следующая встреча назначена на декабрь.</p></article>
<footer>Реклама на сайте</footer></body></html>"""


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_the_main_text_of_a_page_is_read(tmp_path, name, encoding):
    pytest.importorskip("trafilatura")
    page = PAGE.replace("<head>", f'<head><meta charset="{encoding}">')
    (article,) = read([bad(tmp_path, name, page.encode(encoding))])
    assert article.text.startswith("Посол: поставки идут по графику\nМинистр обороны обсудил")
    assert "Следующая встреча" in article.text and "Реклама" not in article.text and "Спорт" not in article.text


def test_a_page_without_trafilatura_is_refused_in_words(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(UsageError, match="a.html is an HTML page; to read such: pip install trafilatura"):
        list(read([bad(tmp_path, "a.html", PAGE)]))


def test_tags_in_a_table_are_told_once(tmp_path):
    rows = [{"text": "<p>Матч</p>"}, {"text": "<p>Суд</p>"}]
    with pytest.warns(Notice, match="row 1 is full of HTML tags") as told:
        assert len(list(read([write(tmp_path / "a.parquet", rows)]))) == 2
    assert len(told) == 1


def test_the_wrong_encoding_is_said(tmp_path):
    with pytest.raises(Error, match="not all utf-8.*--encoding"):
        list(read([bad(tmp_path, "a.txt", TEXT.encode("cp1251"))], encoding="utf-8"))


def test_every_path_is_checked_before_the_first_is_read(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageError, match="missing.txt does not exist"):
        read([tmp_path / "a.txt", tmp_path / "missing.txt"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="has no articles"):
        read([tmp_path / "empty"])


def test_reading_is_lazy(tmp_path):
    articles = read([bad(tmp_path, "a.jsonl", '{"text": "x"}\n{oops\n')])
    assert next(articles).text == "x"


def test_batches_hold_everything_in_order(tmp_path):
    articles = list(read([write(tmp_path / "news.csv", [{"text": str(number)} for number in range(7)])]))
    assert [[article.text for article in batch] for batch in batches(articles, 3)] == [
        ["0", "1", "2"],
        ["3", "4", "5"],
        ["6"],
    ]


@settings(max_examples=50)
@given(content=st.binary(max_size=200), name=st.sampled_from(["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.parquet"]))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory, content, name):
    import warnings

    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        try:
            list(read([path]))
        except Error as error:
            assert str(error)
