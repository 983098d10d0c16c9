"""Long answers: a row for each topic of an article."""

import csv
import json

import pandas as pd
import pytest

from classifier.data.answers import OutputOptions
from classifier.data.writers import open_writer
from classifier.errors import UsageError
from tests.data.test_writers import BATCH, CLASSES, written

LONG = OutputOptions(long=True, names="en", keep=("date",))
ROWS = [
    {
        "id": "1",
        "date": "2020",
        "topic": "defense-cooperation",
        "probability": 0.9312,
        "name": "Defense cooperation",
        "note": "",
    },
    {
        "id": "1",
        "date": "2020",
        "topic": "diplomacy",
        "probability": 0.8,
        "name": "Diplomacy and foreign policy",
        "note": "",
    },
    {"id": "2", "date": None, "topic": None, "probability": None, "name": None, "note": "not Russian"},
    {"id": "3", "date": None, "topic": None, "probability": None, "name": None, "note": ""},
]


def test_a_topic_is_a_row_and_no_article_is_lost(tmp_path):
    lines = written(tmp_path / "a.jsonl", LONG).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    assert list(json.loads(lines[0])) == ["id", "date", "topic", "probability", "name", "note"]


def test_csv_has_empty_cells_for_no_topic(tmp_path):
    with written(tmp_path / "a.csv", LONG).open(encoding="utf-8") as file:
        expected = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in ROWS]
        assert list(csv.DictReader(file)) == expected


def test_parquet_has_gaps_for_no_topic(tmp_path):
    table = pd.read_parquet(written(tmp_path / "a.parquet", LONG, [BATCH, BATCH]))
    assert table.id.tolist() == ["1", "1", "2", "3"] * 2
    assert table.topic[1] == "diplomacy" and pd.isna(table.topic[2]) and pd.isna(table.probability[2])


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_all_topics_are_rows_that_say_whether_they_are_given(tmp_path, ending):
    options = OutputOptions(long=True, all_topics=True)
    read = {"jsonl": lambda path: pd.read_json(path, lines=True), "csv": pd.read_csv, "parquet": pd.read_parquet}[
        ending
    ]
    table = read(written(tmp_path / f"a.{ending}", options))
    assert list(table.columns) == ["id", "topic", "probability", "given", "note"]
    assert len(table) == 3 * len(CLASSES) and table.given.tolist() == [True, True] + [False] * 7
    assert table.topic[:3].tolist() == ["defense-cooperation", "diplomacy", "sport"]


def test_without_articles_parquet_has_the_columns(tmp_path):
    table = pd.read_parquet(written(tmp_path / "a.parquet", OutputOptions(long=True), []))
    assert list(table.columns) == ["id", "topic", "probability", "note"]


def test_a_table_for_people_is_not_long():
    with (
        pytest.raises(UsageError, match="--long is not for the table"),
        open_writer(None, OutputOptions("table", long=True), CLASSES),
    ):
        pass


@pytest.mark.parametrize("name", ["topic", "probability", "name", "given", "note", "id"])
def test_a_kept_column_with_the_name_of_another_is_refused(name):
    with pytest.raises(UsageError, match=f"cannot keep column '{name}'"):
        OutputOptions(long=True, keep=(name,))
