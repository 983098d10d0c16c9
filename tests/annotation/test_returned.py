"""What comes back from each tool: round trips, what the tools really exported, and hostile files."""

import csv
import io
import json
import sys
import zipfile

import pytest
from xlsxwriter import Workbook

from classifier.annotation.readings import Label
from classifier.data.articles import Notice
from classifier.errors import Error, UsageError
from tests.annotation.conftest import EXPORTS, TASKS

IDS = [task.article.id for task in TASKS]
# A Notice that doccano leaves open whether an article was read comes with each of its files.
pytestmark = pytest.mark.filterwarnings("ignore:.*without a label count as not read")


def workbook(path, rows, sheets=("articles",)):
    """Write an Excel file with these rows in the last of its sheets, as a person would: numbers are numbers."""
    with Workbook(path) as book:
        for sheet in [book.add_worksheet(name) for name in sheets][-1:]:
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def filled(path, cells):
    """Fill in cells of a CSV queue: for each row a dict."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]), delimiter=";")
    table.writeheader()
    table.writerows({**row, **cell} for row, cell in zip(rows, cells, strict=True))
    return out.getvalue()


def topics_of(readings):
    return {label.id: label.topics for label in readings.labels()}


# What the tools really exported: README.md beside the files tells how.


REAL = {
    "label-studio.json": ["label-studio.json"],
    "label-studio-min.json": ["label-studio-min.json"],
    "label-studio.csv": ["label-studio.csv"],
    "doccano": ["doccano/admin.jsonl", "doccano/anna.jsonl", "doccano/boris.jsonl"],
    "doccano-approved": ["doccano-approved/admin.jsonl", "doccano-approved/anna.jsonl", "doccano-approved/boris.jsonl"],
}


@pytest.mark.parametrize("files", REAL.values(), ids=REAL)
def test_a_real_export_gives_what_its_readers_said(collect, files):
    readings = collect(*(EXPORTS / file for file in files))
    conflict, agreed, empty = readings.labels()
    assert conflict == Label("0017", ["diplomacy"], "uncertain", 2, conflict.disputed)
    assert set(conflict.disputed) == {"trade", "agriculture-food"}
    assert agreed == Label("b;2", ["sport"], "random", 2, []) and empty == Label("3", [], "random", 1, [])
    # JSON-MIN and CSV do not tell skipped tasks, doccano's approved articles only those that were approved.
    assert readings.unread() == {"label-studio.json": 2, "doccano/admin.jsonl": 2}.get(files[0], 1)


def test_sheets_saved_by_libreoffice_are_read(collect):
    with pytest.warns(Notice, match="boris.csv is not UTF-8; read as cp1251"):
        readings = collect(EXPORTS / "libreoffice" / "anna.xlsx", EXPORTS / "libreoffice" / "boris.csv")
    assert readings.topics == {
        "0017": {"anna": ["diplomacy", "trade"]},
        "b;2": {"anna": ["sport"], "boris": ["sport"]},
        "3": {"anna": []},
        "4": {},
        "rt/2018-05": {},
        "17": {"boris": ["diplomacy", "agriculture-food"]},
    }


def test_it_is_told_that_doccano_leaves_open_what_was_read(collect):
    with pytest.warns(Notice, match=r"boris.jsonl: 3 articles without a label count as not read; 'Нет темы' says"):
        collect(EXPORTS / "doccano" / "boris.jsonl")


def test_doccano_names_its_readers_by_their_files_and_label_studio_by_numbers(collect):
    assert collect(*(EXPORTS / file for file in REAL["doccano"])).readers() == {"anna", "boris"}
    assert collect(EXPORTS / "label-studio.json").readers() == {"label-studio 1", "label-studio 2"}


def test_what_is_exported_twice_counts_once(collect, put):
    again = put("later.json", (EXPORTS / "label-studio.json").read_bytes())
    assert [label.readers for label in collect(EXPORTS / "label-studio.json", again).labels()] == [2, 2, 1]
    doccano = EXPORTS / "doccano" / "anna.jsonl"
    assert collect(doccano, doccano).labels() == collect(doccano).labels()


# Round trips: a queue, filled in


def test_a_queue_that_nobody_has_filled_in_is_not_read(collect, queue):
    for path in (
        queue("q.xlsx"),
        queue("q.csv", tasks=TASKS[1:]),
        queue("q.json"),
        queue("d.jsonl", "doccano"),
        queue("p.jsonl", "prodigy"),
    ):
        readings = collect(path)
        assert readings.labels() == [] and readings.unread() == len(TASKS) - (path.suffix == ".csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", ";,\t")
@pytest.mark.filterwarnings("ignore::classifier.data.articles.Notice")
def test_csv_is_read_as_excel_may_save_it(collect, queue, put, encoding, delimiter):
    cells = [{"topics": "Дипломатия и внешняя политика;ТРАНСПОРТ"}, {"read": "да"}, {}]
    rows = list(csv.reader(io.StringIO(filled(queue("q.csv"), cells)), delimiter=";"))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    readings = collect(put("back.csv", out.getvalue().encode(encoding, "replace")))
    assert topics_of(readings) == {"0017": ["diplomacy", "transport"], "b;2": []} and readings.unread() == 1
    assert readings.chosen == {"0017": "uncertain", "b;2": "random", "rt/3": "phrase"}


def test_a_sheet_of_several_readers_names_each_in_its_row(collect, put):
    rows = "id;reader;topics\n1;anna;sport\n1;boris;courts\n2;anna;\n2;;\n"
    readings = collect(put("all.csv", rows.encode()))
    assert readings.readers() == {"anna", "boris"}
    assert topics_of(readings)["2"] == [] and readings.topics["1"] == {"anna": ["sport"], "boris": ["courts"]}


def test_an_id_guarded_against_formulas_comes_back_as_it_was(collect, queue, put):
    task = TASKS[0]._replace(article=TASKS[0].article._replace(id="=17"))
    path = queue("q.csv", tasks=[task])
    assert topics_of(collect(put("back.csv", filled(path, [{"topics": "sport"}])))) == {"=17": ["sport"]}


def test_an_excel_sheet_is_read_with_topics_in_several_columns(collect, tmp_path):
    rows = [
        ["ID", "text", "Topic 1", "topic 2", "read", "note"],
        [17, "x", "Спорт", "culture", "", ""],
        [18.0, "x", "", "", "yes", "реклама"],
        ["19", "x", "", "", "", ""],
        ["20", "x", "", "", "Нет", ""],
        ["", "", "", "", "", ""],
    ]
    readings = collect(workbook(tmp_path / "anna.xlsx", rows, ["notes", "articles"]))
    assert topics_of(readings) == {"17": ["sport", "culture"], "18": []} and readings.unread() == 2
    assert readings.readers() == {"anna"}


@pytest.mark.parametrize("answer, topics", [("accept", ["sport"]), ("reject", None), ("ignore", None)])
def test_prodigy_lines_count_if_they_were_accepted(collect, queue, put, answer, topics):
    lines = [json.loads(line) for line in queue("p.jsonl", "prodigy").read_text(encoding="utf-8").splitlines()]
    about = {
        "_input_hash": 1,
        "_task_hash": 2,
        "_timestamp": 3,
        "_session_id": "news-anna",
        "_annotator_id": "news-anna",
    }
    rows = [{**line, **about, "accept": ["sport"], "answer": answer} for line in lines]
    readings = collect(put("back.jsonl", "\n".join(map(json.dumps, rows))))
    assert topics_of(readings) == (dict.fromkeys(IDS, topics) if topics else {})
    assert readings.readers() == ({"news-anna"} if topics else set())


def test_label_studio_may_tell_readers_by_address(collect, put):
    choice = {"type": "choices", "from_name": "t", "to_name": "x", "value": {"choices": ["Спорт"]}}
    note = {"type": "textarea", "from_name": "n", "to_name": "x", "value": {"text": ["?"]}}
    annotation = {"completed_by": {"id": 1, "email": "a@example.org"}, "result": [note, choice], "was_cancelled": False}
    readings = collect(put("a.json", json.dumps([{"data": {"id": 17}, "annotations": [annotation]}])))
    assert readings.topics == {"17": {"a@example.org": ["sport"]}}


# Readers


def line(article, *labels):
    return json.dumps({"article_id": article, "label": labels}) + "\n"


def test_a_topic_stands_if_more_than_half_of_the_readers_gave_it(collect, put):
    files = [
        put("anna.jsonl", line("1", "sport", "culture") + line("2", "sport")),
        put("boris.jsonl", line("1", "sport", "media") + line("2", "culture")),
        put("vera.jsonl", line("1", "culture", "sport")),
    ]
    one, two = collect(*files).labels()
    assert one == Label("1", ["sport", "culture"], "", 3, ["culture", "media"])
    assert two == Label("2", [], "", 2, ["sport", "culture"])


def test_files_of_one_name_are_of_several_readers(collect, put):
    files = [put(f"{name}/q.jsonl", line("1", "sport")) for name in ("a", "b")]
    assert collect(*files).labels()[0].readers == 2


def test_the_later_of_two_results_of_one_reader_counts_and_is_told(collect, put):
    with pytest.warns(Notice, match="1 times a reader gave other topics to an article than earlier"):
        readings = collect(put("anna.jsonl", line("1", "sport") + line("1", "culture") + line("1")))
    assert topics_of(readings) == {"1": ["culture"]}


# Hostile files


DEEP = "[" * 100_000
HOSTILE = {
    "deep.json": (DEEP, "JSON that is too large|not JSON"),
    "deep.jsonl": ('{"a": ' + DEEP, "JSON that is too large|not JSON"),
    "number.json": ('[{"data": {"id": 1' + "0" * 10_000 + "}}]", "JSON that is too large"),
    "cut.json": ('[{"data"', "not JSON .*export it again"),
    "words.json": ('["a"]', "task 1: not an object"),
    "object.json": ('[{"data": 5}]', "task 1 is not as Label Studio writes it"),
    "result.json": ('[{"data": {"id": 1}, "annotations": [{"result": 5}]}]', "not as Label Studio writes it"),
    "null.json": ('[{"data": {"id": null}}]', "has no id of an article"),
    "nan.json": ('[{"data": {"id": NaN}}]', "has no id of an article"),
    "list.json": ('[{"data": {"id": []}}]', "has no id of an article"),
    "min.json": ('[{"id": 1, "annotation_id": 1, "topics": "sport"}]', "has no id of an article"),
    "choice.json": ('[{"article_id": 1, "annotation_id": 1, "topics": {"choices": [1e30]}}]', "unknown topic '1e.30'"),
    "label.jsonl": ('{"article_id": "1", "label": "sport"}', "line 1: topics are 'sport', not a list"),
    "span.jsonl": ('{"article_id": "1", "label": [[0, 5, "sport"]]}', "topics are .*not a list of names"),
    "other.jsonl": ('\n{"article_id": "1"}', "line 2: neither doccano's 'label' nor Prodigy's"),
    "prodigy.jsonl": ('{"options": [], "meta": {}, "answer": "accept", "accept": []}', "has no id"),
    "bytes.jsonl": (b'{"article_id": "\xff", "label": []}', "line 1: not UTF-8"),
    "zip.xlsx": (b"PK\x03\x04 no archive", "is damaged"),
    "old.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file or has a password"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "is not text"),
    "news.csv": ("id,text\n1,Матч\n", r"needs the columns id, and topics .*there are: id, text"),
    "quote.csv": ('id;topics\n1;"sport\n', "not a readable CSV file"),
    "cells.csv": ("id;topics\n1;sport;culture\n", "row 2: 3 cells where the header has 2"),
    "noid.csv": ("id;topics\n;sport\n", "row 2 has no id"),
    "short.csv": ("id;topics\n1,23457E+17;sport\n", "row 2: Excel has shortened the id"),
    "choice.csv": ('annotation_id,article_id,topics\n1,1,"{""choices"": 5}"\n', "row 2 is not as Label Studio writes"),
    "late.csv": ((b"id;topics\n" + b"1;\n" * 100_000 + b"\xff\xfe;\n"), "not a readable CSV file"),
    "typo.csv": ("id;topics\n1;Спрт\n", "row 2: unknown topic 'Спрт'; nearest: sport"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_refused_with_advice(collect, put, name):
    content, message = HOSTILE[name]
    with pytest.raises(Error, match=message):
        collect(put(name, content))


def test_a_lone_surrogate_or_a_control_character_is_only_an_id(collect, put):
    content = json.dumps([{"article_id": "\ud800\x1b", "annotation_id": 1, "topics": "sport"}])
    assert topics_of(collect(put("a.json", content))) == {"?\x1b": ["sport"]}


def test_an_empty_file_is_of_a_reader_who_has_read_nothing(collect, put):
    assert collect(put("a.jsonl", "\n")).labels() == []


def test_an_archive_is_to_be_unpacked(collect, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("anna.jsonl", line("1", "sport"))
    with pytest.raises(UsageError, match="is a zip archive: unpack it"):
        collect(tmp_path / "a.zip")


def test_what_is_no_file_is_refused(collect, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        collect(tmp_path / "a.csv")
    with pytest.raises(UsageError, match="is not a file"):
        collect(tmp_path)


def repacked(source, target, edit):
    """Copy an Excel file, with the first sheet changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, edit(content) if name.endswith("sheet1.xml") else content)
    return target


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize(
    "edit, message",
    [
        (lambda xml: xml.replace(b"</sheetData>", FAR), "needs too much memory"),
        (
            lambda xml: xml.replace(b"</sheetData>", FAR.replace(b"<c ", b"<c\n s='1' ").replace(b'"', b"'")),
            "needs too much memory",
        ),
        (lambda xml: xml[:300], "not a workbook or is damaged|is no sheet"),
        (lambda xml: b"", "not a workbook|is no sheet"),
    ],
    ids=["far", "far, in other words", "cut", "empty"],
)
def test_a_hostile_excel_file_is_refused(collect, queue, tmp_path, edit, message):
    with pytest.raises(Error, match=message):
        collect(repacked(queue("q.xlsx"), tmp_path / "bad.xlsx", edit))


def test_a_long_list_is_refused_before_it_is_read(collect, put, monkeypatch):
    monkeypatch.setattr("classifier.annotation.returned.json_files._MAX_BYTES", 100)
    with pytest.raises(Error, match="export fewer articles at once"):
        collect(put("a.json", "[" + " " * 100 + "]"))


def test_without_calamine_there_is_advice(collect, queue, monkeypatch):
    path = queue("q.xlsx")
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(UsageError, match=r"pip install 'news-topics\[office\]'"):
        collect(path)


@pytest.mark.parametrize("header", ["id,topics,Topics,read", "id,ID,topics"])
def test_a_column_twice_is_refused(collect, put, header):
    with pytest.raises(UsageError, match="more than one column"):
        collect(put("a.csv", f"{header}\n1,sport,,да\n"))
