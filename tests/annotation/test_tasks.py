"""What readers get, in each tool's format."""

import csv
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from classifier.annotation.tasks import written_files
from classifier.annotation.writers import WRITERS
from classifier.annotation.writers.csv import guarded, unguarded
from classifier.annotation.writers.sheet import MAX_CELL
from classifier.data.articles import Article, Notice
from classifier.errors import UsageError
from classifier.topics import taxonomy
from tests.annotation.conftest import TASKS

NAMES = {"xlsx": "q.xlsx", "csv": "q.csv", "label-studio": "q.json", "doccano": "q.jsonl", "prodigy": "q.jsonl"}
SAFE = [task._replace(article=task.article._replace(id=f"n{row}")) for row, task in enumerate(TASKS)]  # ids for CSV


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sheet(path, name="articles"):
    header, *rows = load_workbook(path).get_sheet_by_name(name).to_python()
    return [dict(zip(header, row, strict=True)) for row in rows]


def rows_of_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_every_tool_has_a_name_here():
    assert NAMES.keys() == WRITERS.keys()


def test_an_excel_sheet_has_a_row_for_each_article(queue):
    first, second, third = sheet(queue("q.xlsx"))
    assert list(first) == [
        *("id", "headline", "text", "suggested"),
        *("topic 1", "topic 2", "topic 3", "topic 4", "topic 5"),
        *("read", "note", "chosen", "topic"),
    ]
    assert (first["id"], first["headline"]) == ("0017", "Послы двух стран обсудили поставки зерна")
    assert first["suggested"] == "Дипломатия и внешняя политика 0.91; Внешняя торговля 0.55"
    assert (first["topic 1"], first["read"], first["chosen"], first["topic"]) == ("", "", "uncertain", "trade")
    assert second["headline"] == "=Счёт 3:1= Хоккеисты выиграли" and second["text"].endswith("\nБыло шумно.")
    assert (third["headline"], third["text"]) == ("Музей открыл выставку 🚀", "")


def test_a_second_sheet_tells_the_topics_and_what_belongs_to_them(queue):
    rows = sheet(queue("q.xlsx", topics=["sport", "погода"]), "topics")
    assert rows[0]["id"] == "sport" and rows[0]["name"] == "Спорт"
    assert rows[0]["definition"] == taxonomy()["sport"].definition_ru
    assert rows[1] == {"id": "погода", "name": "погода", "name (en)": "погода", "definition": ""}


def test_topics_are_chosen_from_lists_in_excel(queue):
    import zipfile

    with zipfile.ZipFile(queue("q.xlsx")) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<formula1>topics!$B$2:$B$46</formula1>" in xml and 'sqref="E2:I4"' in xml
    assert "<formula1>&quot;да,yes&quot;</formula1>" in xml or '<formula1>"да,yes"</formula1>' in xml
    assert 'state="frozen"' in xml and "<autoFilter" in xml and "<f>" not in xml


def test_csv_is_what_russian_excel_opens(queue):
    path = queue("q.csv", tasks=SAFE)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b'"n0";"' in content and content.endswith(b"\r\n")
    first, second, _ = rows_of_csv(path)
    assert list(first) == ["id", "headline", "text", "suggested", "topics", "read", "note", "chosen", "topic"]
    assert second["text"] == ' - Мы шли к этому, - сказал "капитан".\nБыло шумно.'


def test_no_cell_of_csv_begins_like_a_formula(queue):
    path = queue("q.csv", tasks=SAFE)
    assert not [cell for row in rows_of_csv(path) for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t")]


@given(st.text(alphabet=" =+-@\t\rаб1", max_size=6))
def test_a_guard_against_formulas_is_taken_off_again(cell):
    assert unguarded(guarded(cell)) == cell and guarded(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize("identifier", ["0017", "12345678901234567", "2e5", "3-4"])
def test_ids_that_excel_changes_in_csv_are_told(queue, identifier):
    task = TASKS[0]._replace(article=TASKS[0].article._replace(id=identifier))
    with pytest.warns(Notice, match=f"Excel changes ids such as '{identifier}'.* an .xlsx file keeps them"):
        queue("q.csv", tasks=[task])


@pytest.mark.parametrize("name", ["q.xlsx", "q.csv"])
def test_a_text_too_long_for_a_cell_is_cut_and_told(queue, name):
    long, fits = ("🚀" * (MAX_CELL // 2 + 1), "a" * MAX_CELL)
    tasks = [
        TASKS[0]._replace(article=Article(f"n{n}", f"Заголовок\n{text}", {}, "")) for n, text in enumerate([long, fits])
    ]
    with pytest.warns(Notice, match=r"1 of the texts have over 32,767 characters.* '\[\.\.\.\]'"):
        path = queue(name, tasks=tasks)
    cut, whole = (row["text"] for row in (sheet if name == "q.xlsx" else rows_of_csv)(path))
    assert cut.endswith("🚀 [...]") and len(cut.encode("utf-16-le")) // 2 <= MAX_CELL and whole == fits


def test_label_studio_gets_tasks_and_predictions(queue):
    first, random, _ = json.loads(queue("q.json").read_text(encoding="utf-8"))
    assert first["data"] == {
        "article_id": "0017",
        "headline": "Послы двух стран обсудили поставки зерна",
        "text": "Стороны встретятся снова осенью.",
        "chosen": "uncertain",
        "topic": "trade",
    }
    (prediction,) = first["predictions"]
    assert prediction["result"][0]["value"] == {"choices": ["diplomacy", "trade"]} and prediction["score"] == 0.55
    assert "predictions" not in random


def test_label_studio_gets_choices_with_ids_behind_russian_names(queue):
    path = queue("q.json", topics=["sport", 'a"<b>'])
    view = ElementTree.fromstring(path.with_suffix(".xml").read_text(encoding="utf-8"))
    choices = view.find("Choices")
    assert (choices.get("choice"), choices.get("name"), choices.get("toName")) == ("multiple", "topics", "text")
    assert [(choice.get("value"), choice.get("alias")) for choice in choices] == [
        ("Спорт", "sport"),
        ('a"<b>', 'a"<b>'),
    ]
    assert view.find("Filter").get("toName") == "topics"


def test_doccano_gets_texts_and_coloured_labels(queue):
    path = queue("q.jsonl", "doccano")
    first, random, _ = lines(path)
    assert first == {
        "text": TASKS[0].article.text,
        "label": [],
        "article_id": "0017",
        "suggested": "Дипломатия и внешняя политика 0.91; Внешняя торговля 0.55",
        "chosen": "uncertain",
        "topic": "trade",
    }
    assert random["suggested"] == ""
    labels = json.loads(path.with_name("q.labels.json").read_text(encoding="utf-8"))
    assert [label["text"] for label in labels] == [*(topic.ru for topic in taxonomy().values()), "Нет темы"]
    assert len({label["backgroundColor"] for label in labels}) == 46
    assert labels[0].keys() == {"text", "suffixKey", "backgroundColor", "textColor"}


def test_prodigy_gets_options_with_what_is_suggested_ticked(queue):
    first, random, _ = lines(queue("q.jsonl", "prodigy"))
    assert first["meta"] == {"article_id": "0017", "chosen": "uncertain", "topic": "trade"}
    assert first["options"][0] == {"id": "diplomacy", "text": "Дипломатия и внешняя политика"}
    assert first["accept"] == ["diplomacy", "trade"] and random["accept"] == []


@pytest.mark.parametrize("tool", WRITERS)
def test_a_random_article_shows_no_suggestion(queue, tool):
    def content(suggested):
        path = queue(NAMES[tool], tool, [SAFE[1]._replace(suggested=suggested)])
        if tool == "xlsx":
            return sheet(path)
        return [file.read_bytes() for file in written_files(path, tool)]

    assert content({"sport": 0.98}) == content({})


@pytest.mark.parametrize("tool", WRITERS)
def test_a_note_is_told_to_the_reader(queue, tool):
    path = queue(NAMES[tool], tool, [SAFE[0]._replace(note="Помечено: Спорт")])
    if tool in ("xlsx", "csv"):
        (row,) = sheet(path) if tool == "xlsx" else rows_of_csv(path)
    else:
        (row,) = json.loads(path.read_text(encoding="utf-8")) if tool == "label-studio" else lines(path)
        row = {"label-studio": row.get("data"), "prodigy": row.get("meta")}.get(tool, row)
    assert row["note"] == "Помечено: Спорт"
    configuration = path.with_suffix(".xml")
    assert not configuration.exists() or 'value="$note"' in configuration.read_text(encoding="utf-8")


def test_label_studio_shows_no_note_where_there_is_none(queue):
    assert "$note" not in queue("q.json").with_suffix(".xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("tool", WRITERS)
def test_an_interrupted_write_leaves_the_earlier_file(queue, tool, monkeypatch, tmp_path):
    path = queue(NAMES[tool], tool, SAFE)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Exception, match="cannot write .*No space left"):
        queue(NAMES[tool], tool, SAFE[:1])
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before and path in before


@pytest.mark.parametrize("tool", WRITERS)
def test_a_text_from_strangers_is_written(queue, tool):
    hostile = "\ud800 \0 \x1b[31m <b> _x0041_ \u2028 & ]]> \r ="
    task = TASKS[0]._replace(article=Article("n1", f"{hostile}\n{hostile}", {}, "x"))
    assert queue(NAMES[tool], tool, [task]).stat().st_size


def test_the_tool_is_told_by_the_ending_or_must_be_named(queue):
    assert queue("q.json").read_text(encoding="utf-8").startswith("[")
    with pytest.raises(UsageError, match=r"cannot tell for which tool .*q\.jsonl is: .*doccano, prodigy"):
        queue("q.jsonl")
    assert [path.name for path in written_files(Path("q.json"))] == ["q.json", "q.xml"]


def test_tasks_of_label_studio_do_not_end_like_their_configuration(queue):
    with pytest.raises(UsageError, match="both tasks and configuration"):
        queue("q.xml", "label-studio")


def test_articles_need_ids_that_differ(queue):
    with pytest.raises(UsageError, match="news.csv:1 has the id '0017', as news.csv:1 has"):
        queue("q.json", tasks=[TASKS[0], TASKS[0]])
    with pytest.raises(UsageError, match="news.csv:1 has no id"):
        queue("q.json", tasks=[TASKS[0]._replace(article=TASKS[0].article._replace(id=" "))])


def test_without_xlsxwriter_there_is_advice(queue, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"pip install 'news-topics\[office\]'"):
        queue("q.xlsx")
