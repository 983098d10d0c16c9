"""`read`: files, folders and standard input to articles. What holds for all formats."""

import io
import os
import re
import threading
import time
import warnings
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.data.articles import Columns, Notice, ReadOptions
from classifier.data.readers.source import plain
from classifier.data.reading import read
from classifier.errors import Error, UsageError

ROWS = [
    {"id": "a", "title": "Визит", "text": "Переговоры\nв Дели"},
    {"id": "b", "title": None, "text": "Матч; «шайба»"},
]


def texts(*paths, **options):
    return [article.text for article in read(paths, **options)]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_a_row_of_a_table_is_an_article_with_its_title_on_the_first_line(table, ending):
    articles = [(article.id, article.text) for article in read([table(f"news.{ending}", ROWS)])]
    assert articles == [("a", "Визит\nПереговоры\nв Дели"), ("b", "Матч; «шайба»")]


def test_a_text_file_is_an_article(put):
    path = put("a.txt", "Визит\nПереговоры")
    (article,) = read([path])
    assert article.text == "Визит\nПереговоры" and article.id == str(path)


def test_a_folder_stands_for_its_readable_files_sorted_by_name(tmp_path, put):
    (tmp_path / "deeper").mkdir()
    for name in ("b.txt", "a.txt", "deeper/c.txt", ".hidden.txt"):
        put(name, name)
    assert texts(tmp_path) == ["a.txt", "b.txt", "deeper/c.txt"]


def test_what_else_is_in_a_folder_is_told_with_its_kinds(tmp_path, put):
    (tmp_path / "deeper").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "deeper")
    for name in ("a.txt", "n.xls", "deeper/m.XLS", "n.tar.gz", "b.pdf", "README"):
        put(name, name)
    told = r"left out in folder .*: 2 \.xls, 1 link to a folder, 1 .*; readable are \.txt"
    with pytest.warns(Notice, match=told) as notices:
        assert texts(tmp_path) == ["a.txt"]
    for kind in ("1 .tar.gz", "1 .pdf", "1 file without an ending"):
        assert kind in str(notices[0].message)
    with pytest.raises(UsageError, match="holds other files: .*; without --strict they are left out"):
        texts(tmp_path, options=ReadOptions(strict=True))


def test_a_folder_that_cannot_be_entered_is_told(tmp_path, put, monkeypatch):
    put("a.txt", "a.txt")

    def walk(folder, onerror):
        onerror(PermissionError(13, "Permission denied", "locked"))
        yield folder, [], ["a.txt"]

    monkeypatch.setattr("classifier.data.folders.os.walk", walk)  # root may enter all
    with pytest.warns(Notice, match="left out in folder .*: 1 unreadable folder locked"):
        assert texts(tmp_path) == ["a.txt"]


def test_rows_without_an_id_are_numbered(table):
    path = table("news.csv", [{"text": "один"}, {"text": "два"}])
    assert [article.id for article in read([path])] == [f"{path}:1", f"{path}:2"]
    assert [article.id for article in read([path], name=lambda path: path.name)] == ["news.csv:1", "news.csv:2"]


def test_columns_can_have_other_names_and_be_kept(table):
    row = {"n": 7, "head": "Визит", "body": "Переговоры", "date": "2020-12-01", "x": 1}
    columns = Columns("body", "head", "n", keep=("date",), optional=("rubric",))
    (article,) = read([table("news.parquet", [row])], ReadOptions(columns))
    assert article[:3] == ("7", "Визит\nПереговоры", {"date": "2020-12-01", "rubric": None})


STREAMS = [
    ('{"text": "Матч"}\n', "Матч"),
    ('\n \n{"text": "Матч"}', "Матч"),
    ("Матч {и}\nшайба", "Матч {и}\nшайба"),
    ("id,text\n1,Матч\n", "Матч"),
    ('"id";"text"\r\n1;"Матч\nи шайба"\r\n', "Матч\nи шайба"),
    ("title\ttext\nСпорт\tМатч\n", "Спорт\nМатч"),
    ("[Обновлено] Матч", "[Обновлено] Матч"),
    ("Матч, text и шайба\nи ещё", "Матч, text и шайба\nи ещё"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("content, text", STREAMS)
def test_standard_input_is_json_lines_a_table_or_one_article(monkeypatch, content, text, encoding):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode(encoding))))
    assert texts("-") == [text]


def test_a_slow_pipe_is_read_like_a_fast_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    chunks = [b"\xef", b"\xbb\xbf ", b'{"text": "', "Матч".encode()[:3], "Матч".encode()[3:] + b'"}\n']
    writer = threading.Thread(target=write_slowly, args=(tmp_path / "pipe", chunks))
    writer.start()
    assert texts(tmp_path / "pipe") == ["Матч"]
    writer.join()


def write_slowly(path, chunks):
    with path.open("wb", buffering=0) as file:
        for chunk in chunks:
            file.write(chunk)
            time.sleep(0.02)


def test_standard_input_is_read_once(monkeypatch):
    with pytest.raises(UsageError, match="named twice"):
        texts("-", "-")


@pytest.mark.parametrize("ending, content", [("jsonl", '[\n{"text": "Матч"}]'), ("jsonl", '[{"text": "Матч"}]')])
def test_an_array_of_json_is_refused_with_advice(put, ending, content):
    with pytest.raises(UsageError, match="line 1: a JSON array: read it with --from json"):
        texts(put(f"a.{ending}", content))


@pytest.mark.parametrize(
    "name, content, advice",
    [
        ("a.txt", "{x}", "has more than 1,000 characters"),
        ("a.html", "<html>{x}", "has more than 1,000 bytes"),
        ("a.csv", "text\n{x}\nМатч\n", "line 2 has more than 1,000 characters"),
        ("a.csv", "{x},text\nа,Матч\n", "line 1 has more than 1,000 characters"),
        ("a.csv", 'text\n"' + "слово\n" * 300 + '"\nМатч\n', "line 2.* quote is not closed"),
        ("a.jsonl", '{"text": "{x}"}\n{"text": "Матч"}\n', "line 1 has more than 1,000 characters"),
    ],
)
def test_what_is_longer_than_any_article_is_left_out(put, monkeypatch, name, content, advice):
    for limit in ("source.MAX_LENGTH", "csv.MAX_LENGTH", "text.MAX_LENGTH", "html.MAX_PAGE"):
        monkeypatch.setattr(f"classifier.data.readers.{limit}", 1000)
    path = put(name, content.replace("{x}", "слово " * 1000))
    with pytest.raises(Error, match=advice):
        texts(path)
    errors = []
    if ("Матч" in content and "line 1 has" not in advice) or "jsonl" in name:
        assert texts(path, on_error=errors.append)[-1] == "Матч" and errors


def test_a_given_format_counts_more_than_the_ending(put):
    assert texts(put("news.log", "text\nМатч\n"), options=ReadOptions(format="csv")) == ["Матч"]


@pytest.mark.parametrize(
    "name, content, kind, message",
    [
        ("a.txt", "", UsageError, "a.txt is empty"),
        ("a.txt", " \n", UsageError, "a.txt is empty"),
        ("a.txt", b"\x89PNG\r\n\0\0", Error, "not text: it holds zero bytes"),
        ("a.png", b"\x89PNG\r\n\0\0", UsageError, "unknown format: readable are .txt .html .htm .csv"),
        ("a.csv", "a,b\n1,2\n", UsageError, r"no column 'text' \(there are: a, b\); name yours with --text-column"),
        ("a.csv", "text,b\nx,y\nz\n", Error, "line 3: 1 fields where the header has 2"),
        ("a.csv", '"a\x1b[2J",b\n1,2\n', UsageError, r"no column 'text' \(there are: a \[2J, b\)"),
        ("a.jsonl", '{"text": "x"}\n' * 6 + "{oops\n", Error, "a.jsonl line 7: not JSON"),
        ("a.jsonl", "[1]\n", Error, "line 1: not an object"),
        ("a.jsonl", '{"text": ["x"]}\n', Error, "line 1: 'text' holds list"),
        ("a.jsonl", '{"body": "x"}\n', UsageError, r"line 1: no column 'text' \(there are: body\)"),
        ("a.parquet", "junk", Error, "not a Parquet file or is damaged"),
    ],
)
def test_bad_input_gets_one_line_of_advice(put, name, content, kind, message):
    with pytest.raises(Error, match=message) as error:
        texts(put(name, content))
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
BAD_BYTES = f'{{"text": "{"Матч" * 20}"}}\n{{"text": "\udcff"}}\n{{"text": "y"}}'.encode(errors="surrogateescape")


@pytest.mark.parametrize(
    "name, content, ids, lines",
    [
        ("a.csv", BAD_CSV, ["1", "3", "5", "6"], [3, 6]),
        ("a.tsv", BAD_CSV.replace(",", "\t"), ["1", "3", "5", "6"], [3, 6]),
        ("one.csv", 'text\n"x" y"\n"open\nz\n', ["one.csv:1", "one.csv:2"], [3]),
        ("a.jsonl", "\n".join(BAD_JSON), ["1", "4", "9", "1"], [2, 3, 5, 6, 7, 8, 10, 11, 12]),
        ("a.jsonl", BAD_BYTES, ["a.jsonl:1", "a.jsonl:3"], [2]),
        ("a.csv", b"text\n" + "Матч\n".encode() * 60_000 + b"\xcc\xe0\nx\n", 60_001, [60_002]),
    ],
    ids=["csv", "tsv", "one column", "jsonl", "bytes", "bytes far down"],
)
def test_a_broken_record_costs_no_other_record_and_its_line_is_reported(
    put, tmp_path, monkeypatch, name, content, ids, lines
):
    put(name, content)
    monkeypatch.chdir(tmp_path)
    errors = []
    found = [article.id for article in read([name], on_error=errors.append)]
    assert (found if isinstance(ids, list) else len(found)) == ids
    assert [re.match(rf"{name} line (\d+)", str(error))[1] for error in errors] == [str(line) for line in lines]
    for strict in ({}, {"options": ReadOptions(strict=True), "on_error": errors.append}):
        with pytest.raises(Error, match=f"{name} line {lines[0]}"):
            texts(name, **strict)


def test_a_broken_file_of_several_is_left_out_and_a_single_one_is_an_error(tmp_path, put):
    put("a.txt", "")
    put("b.txt", "Матч")
    put("c.parquet", "junk")
    errors = []
    assert texts(tmp_path, on_error=errors.append) == ["Матч"]
    assert len(errors) == 2 and "a.txt is empty" in str(errors[0]) and "c.parquet" in str(errors[1])
    with pytest.raises(Error, match="a.txt is empty"):
        texts(tmp_path / "a.txt", on_error=errors.append)


def test_wrong_columns_are_wrong_use_and_not_broken_records(put):
    path = put("a.jsonl", '{"body": "x"}\n{"body": "y"}\n')
    with pytest.raises(UsageError, match="--text-column"):
        texts(path, on_error=lambda error: None)


def test_html_tags_in_a_table_are_reported_once(table):
    path = table("a.parquet", [{"text": "<p>Матч</p>"}, {"text": "<p>Суд</p>"}])
    with pytest.warns(Notice, match="row 1 is full of HTML tags") as notices:
        assert len(texts(path)) == 2
    assert len(notices) == 1


def test_every_path_is_checked_before_the_first_is_read(tmp_path, put):
    with pytest.raises(UsageError, match="missing.txt does not exist"):
        read([put("a.txt", "x"), tmp_path / "missing.txt"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="has no articles"):
        read([tmp_path / "empty"])


def test_articles_are_read_one_at_a_time(put):
    articles = read([put("a.jsonl", '{"text": "x"}\n{oops\n')])
    assert next(articles).text == "x"


@settings(max_examples=50)
@given(content=st.binary(max_size=200), name=st.sampled_from(["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.parquet"]))
def test_any_bytes_are_read_or_refused_with_a_message(tmp_path_factory, content, name):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Notice)
        try:
            texts(path)
        except Error as error:
            assert str(error)


@pytest.mark.parametrize(
    "cell, shown",
    [(17, "17"), (17.0, "17"), (17.5, "17.5"), (b"17", "17"), (b"\xff", "\ufffd"), ("17", "17"), (True, "True")],
)
def test_an_id_is_shown_as_people_write_it(table, cell, shown):
    (article,) = read([table("news.parquet", [{"id": cell, "text": "Матч"}])])
    assert article.id == shown


def test_a_gap_beside_numbers_is_no_id(table):
    path = table("news.parquet", [{"id": 17.0, "text": "Матч"}, {"id": float("nan"), "text": "Матч"}])
    assert [article.id for article in read([path])] == ["17", f"{path}:2"]


@pytest.mark.parametrize(
    "cell, kept",
    [
        (float("nan"), None),
        ("а\ud800", "а?"),
        (b"\xd0\xb0", "а"),
        ({"\ud800": [float("nan"), b"x", {"y": "\ud800"}]}, {"?": [None, "x", {"y": "?"}]}),
        (10**30, 10**30),
    ],
)
def test_kept_cells_are_what_every_format_can_hold(cell, kept):
    assert plain(cell) == kept


def cells_of(tmp_path, array):
    pq.write_table(pa.table({"text": pa.array(["Матч"] * len(array)), "n": array}), tmp_path / "a.parquet")
    return [article.row["n"] for article in read([tmp_path / "a.parquet"], ReadOptions(Columns(keep=("n",))))]


def test_dates_that_python_lacks_are_kept_as_text_or_number(tmp_path):
    days = pa.array([2932897, 2**31 - 1, 0], pa.int32()).view(pa.date32())
    assert cells_of(tmp_path, days) == ["10000-01-01", "<value out of range: 2147483647>", date(1970, 1, 1)]
    moments = pa.array([253402300800000, 0], pa.int64())
    zoned = [*cells_of(tmp_path, moments.view(pa.timestamp("ms", "UTC")))]
    assert zoned == ["10000-01-01 00:00:00.000Z", datetime(1970, 1, 1, tzinfo=UTC)]
    assert cells_of(tmp_path, moments.view(pa.timestamp("ms", "Mars/Phobos"))) == [253402300800000, 0]


def test_text_that_is_not_utf8_costs_one_row_of_a_parquet_file(tmp_path):
    texts = pa.array(["Матч".encode(), b"\xff\xfe"]).view(pa.string())
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet")
    errors = []
    assert [article.text for article in read([tmp_path / "a.parquet"], on_error=errors.append)] == ["Матч"]
    assert "row 2: 'text' holds bytes" in str(errors[0])


def test_a_cell_that_is_nested_too_deeply_costs_one_record(put):
    deep = "[" * 100 + "]" * 100
    path = put("a.jsonl", f'{{"text": "Матч", "n": {deep}}}\n{{"text": "Суд", "n": [[1]]}}\n')
    errors = []
    options = ReadOptions(Columns(keep=("n",)))
    assert [article.row["n"] for article in read([path], options, on_error=errors.append)] == [[[1]]]
    assert "line 1: a cell is nested more than 50 deep" in str(errors[0])


@pytest.mark.timeout(20)  # minutes, if every column were counted among all
def test_a_table_of_many_columns_takes_no_long_time(put):
    path = put("a.csv", "text," + ",".join(f"c{number}" for number in range(100_000)) + "\nМатч" + "," * 100_000)
    assert texts(path) == ["Матч"]
    with pytest.raises(UsageError, match="c18 and 99,981 more"):
        texts(path, options=ReadOptions(Columns(keep=("x",))))


@pytest.mark.timeout(20)  # minutes, if the page were read
def test_a_tag_of_very_many_attributes_is_no_page(put):
    pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install '.[html]'")
    path = put("a.html", "<html><p " + " ".join(f'a{number}="x"' for number in range(200_000)) + ">Матч</p>")
    with pytest.raises(Error, match="a tag has more than 2,000 attributes"):
        texts(path)


def test_columns_that_were_named_and_are_in_no_line_are_told(put):
    path = put("a.jsonl", '{"text": "Матч", "head": "x"}\n{"text": "Суд", "n": 1}\n')
    with pytest.warns(Notice) as notices:
        list(read([path], ReadOptions(Columns(title="headline", id="head", keep=("n", "m")))))
    assert [str(notice.message).partition(": ")[2] for notice in notices] == [
        "no article has 'headline'",
        "no article has 'm'",
    ]


@pytest.mark.parametrize(
    "name, advice", [("a.tar.bz2", "unpack"), ("a.xls", "as .xlsx"), ("a.rtf", "as .docx"), ("a.pdf", "as plain text")]
)
def test_what_to_do_with_other_kinds_of_files_is_told(put, name, advice):
    with pytest.raises(UsageError, match=f"unknown format: .*{advice}"):
        texts(put(name, "x"))
