"""Which files count as our own earlier answers."""

import pandas as pd
import pytest

from classifier.data.recognition import is_answer
from tests.conftest import TEXTS

KINDS = {
    kind: [f"out.{kind}", "--keep", "date", "--names", "ru", "--all"] for kind in ("jsonl", "csv", "parquet", "xlsx")
}
KINDS |= {f"long {kind}": [f"out.{kind}", "--long"] for kind in ("jsonl", "csv", "parquet", "xlsx")}
KINDS["ninjs"] = ["out.json", "--format", "ninjs"]


@pytest.fixture(params=KINDS)
def answers(request, run, tmp_path):
    if "xlsx" in request.param:
        pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
        pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")
    (tmp_path / "news.csv").write_text(
        "id,text,date\n" + "".join(f'{n},"{text}",2020\n' for n, text in enumerate(TEXTS))
    )
    name, *options = KINDS[request.param]
    assert run("predict", tmp_path / "news.csv", "-o", tmp_path / name, *options).code == 0
    return tmp_path / name


def test_what_was_written_is_recognized(answers):
    assert is_answer(answers)


@pytest.mark.parametrize("before, after", [("not Russian", "мой текст"), ("sport", "sport;culture")])
def test_a_remark_or_a_topic_of_somebody_makes_them_somebody_elses(run, tmp_path, before, after):
    (tmp_path / "news.csv").write_text("id,text\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(TEXTS)))
    path = tmp_path / "out.csv"
    run("predict", tmp_path / "news.csv", "-o", path)
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    result = run("predict", tmp_path / "news.csv", "-o", path)
    assert result.code == 2 and "exists" in result.err and after in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        b"notes",
        b"\xff",
        b"{",
        b"[]",
        b"5",
        b"PAR1",
        b"{}",
        b'{"id": 1, "topics": 5, "probabilities": 5, "note": ""}',
        b"id,topics,probabilities,note\n1,sport\n",
        b'id,topics,probabilities,note\na,sport,,"my remark"\n',
        b"[" * 100_000,
        b"PK\3\4",
        b'id,topic,probability,note\n1,sport,,""\n',
        b'{"id": 1, "topic": null, "probability": null, "note": "mine"}',
        b'{"uri": "urn:x:1", "profile": "news-topics", "subjects": []}',
    ],
)
def test_anything_else_is_not(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    assert not is_answer(tmp_path / "a")


def test_another_table_is_not(tmp_path):
    pd.DataFrame({"id": [1], "topics": ["sport"]}).to_parquet(tmp_path / "a.parquet")
    assert not is_answer(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    "before, after",
    [
        ('"creator": "news-topics"', '"creator": "Мария"'),
        ('"edNote"', '"urgency": 3, "edNote"'),
        ("not Russian", "my words"),
    ],
)
def test_an_item_that_somebody_has_changed_is_somebody_elses(run, tmp_path, before, after):
    (tmp_path / "news.csv").write_text("id,text\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(TEXTS)))
    path = tmp_path / "out.json"
    run("predict", tmp_path / "news.csv", "-o", path, "--format", "ninjs")
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    assert after in path.read_text(encoding="utf-8") and not is_answer(path)


@pytest.mark.parametrize("change", ["a remark", "a sheet"])
def test_a_workbook_that_somebody_has_changed_is_somebody_elses(tmp_path, change):
    pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
    xlsxwriter = pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")
    for name in ("", change):
        with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["id", "topics", "probabilities", "note"])
            sheet.write_row(1, 0, ["1", "sport; culture", "0.9; 0.5", "my words" if name == "a remark" else None])
            if name == "a sheet":
                book.add_worksheet("mine")
        assert is_answer(tmp_path / "a.xlsx") == (not name)
