import csv
import io
import json
import os

import numpy as np
import pandas as pd
import pytest

from classifier.data.answers import OutputOptions, TaggedBatch
from classifier.data.articles import Article
from classifier.data.writers import open_writer
from classifier.errors import Error, UsageError
from classifier.model.predictions import Predictions

CLASSES = ["diplomacy", "defense-cooperation", "sport"]
BATCH = TaggedBatch(
    [
        Article("1", "Визит [bold]в[/] Дели\nТекст", {"date": "2020"}, "x"),
        Article("2", "Hello", {"date": None}, "x"),
        Article("3", "Пусто", {"date": None}, "x"),
    ],
    Predictions(
        CLASSES,
        np.array([[0.8, 0.93123456, 0.01], [0, 0, 0], [0.1, 0.2, 0.3]]),
        np.array([[1, 1, 0], [0, 0, 0], [0, 0, 0]], np.int8),
        ["", "not Russian", ""],
    ),
)
EVERYTHING = OutputOptions(names="en", all_topics=True, keep=("date",))


def written(path, options=OutputOptions(), batches=(BATCH,)):  # noqa: B008
    with open_writer(path, options, CLASSES) as write:
        for batch in batches:
            write(batch)
    return path


def test_a_json_line_is_an_article(tmp_path):
    lines = written(tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"id": "1", "topics": ["defense-cooperation", "diplomacy"], "probabilities": [0.9312, 0.8], "note": ""},
        {"id": "2", "topics": [], "probabilities": [], "note": "not Russian"},
        {"id": "3", "topics": [], "probabilities": [], "note": ""},
    ]


def test_names_kept_columns_and_all_topics_are_added_on_request(tmp_path):
    line = written(tmp_path / "a.jsonl", EVERYTHING).read_text(encoding="utf-8").splitlines()[0]
    assert line == json.dumps(
        {
            "id": "1",
            "date": "2020",
            "topics": ["defense-cooperation", "diplomacy"],
            "probabilities": [0.9312, 0.8],
            "names": ["Defense cooperation", "Diplomacy and foreign policy"],
            "note": "",
            "diplomacy": 0.8,
            "defense-cooperation": 0.9312,
            "sport": 0.01,
        }
    )


def test_csv_joins_lists_with_semicolons(tmp_path):
    assert written(tmp_path / "a.csv", EVERYTHING).read_text(encoding="utf-8").splitlines() == [
        "id,date,topics,probabilities,names,note,diplomacy,defense-cooperation,sport",
        "1,2020,defense-cooperation;diplomacy,0.9312;0.8,Defense cooperation;Diplomacy and foreign policy,,0.8,0.9312,0.01",
        "2,,,,,not Russian,0.0,0.0,0.0",
        "3,,,,,,0.1,0.2,0.3",
    ]


def test_parquet_has_lists(tmp_path):
    table = pd.read_parquet(written(tmp_path / "a.parquet", EVERYTHING, [BATCH, BATCH]))
    assert table.id.tolist() == ["1", "2", "3"] * 2
    assert table.topics[0].tolist() == ["defense-cooperation", "diplomacy"]
    assert table.probabilities[0].tolist() == [0.9312, 0.8]
    assert table.sport.tolist() == [0.01, 0, 0.3] * 2
    assert table.date.fillna("").tolist() == ["2020", "", ""] * 2


def test_parquet_reports_where_a_kept_column_changes_its_type(tmp_path):
    other = TaggedBatch([Article("4", "", {"date": 5}, "news.jsonl line 501")] * 3, BATCH.predictions)
    with pytest.raises(Error, match="news.jsonl line 501: a kept column changes its type"):
        written(tmp_path / "a.parquet", OutputOptions(keep=("date",)), [BATCH, other])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_no_articles_make_an_empty_file(tmp_path, ending):
    assert written(tmp_path / f"a.{ending}", batches=()).exists()


def test_a_table_for_people_shows_name_id_and_probability(capsys):
    written(None, OutputOptions("table"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].rstrip() == "1  Визит [bold]в[/] Дели"
    assert lines[2].split() == ["Дипломатия", "и", "внешняя", "политика", "diplomacy", "0.80"]
    assert [line.strip() for line in lines[4:8]] == ["2  Hello", "not Russian", "", "3  Пусто"]
    assert lines[8].strip() == "no topic"


def test_a_table_of_all_topics_lists_them_by_probability(capsys):
    written(None, OutputOptions("table", "en", all_topics=True))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[-2:] for line in lines[1:4]] == [
        ["defense-cooperation", "0.93"],
        ["diplomacy", "0.80"],
        ["sport", "0.01"],
    ]
    assert lines[1][:2] == ["Defense", "cooperation"]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_failed_run_leaves_the_old_file_and_nothing_else(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_text("old")
    with pytest.raises(RuntimeError), open_writer(path, OutputOptions(), CLASSES) as write:
        write(BATCH)
        raise RuntimeError
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "path, format, message",
    [
        ("nowhere/a.jsonl", None, "no folder"),
        (".", "jsonl", "it is a folder"),
        ("a.xyz", None, "cannot tell the format"),
        (None, "parquet", "cannot go to standard output"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused(tmp_path, path, format, message):
    with pytest.raises(UsageError, match=message):
        written(path and tmp_path / path, OutputOptions(format))


def kept(*cells):
    """A batch of articles with these cells in a column `n`."""
    nothing = np.zeros((len(cells), 3))
    predictions = Predictions(CLASSES, nothing, nothing.astype(np.int8), [""] * len(cells))
    return TaggedBatch([Article("1", "", {"n": cell}, "line 1") for cell in cells], predictions)


def test_json_knows_neither_nan_nor_infinity(tmp_path):
    path = written(tmp_path / "a.jsonl", OutputOptions(keep=("n",)), [kept(float("inf"), [float("nan"), {"x": 1.5}])])
    rows = [json.loads(line, parse_constant=pytest.fail) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [row["n"] for row in rows] == ["inf", ["nan", {"x": 1.5}]]


CELLS = [(10**30,), (1, "x"), ({}, {}), ([{"a": {}}],), ({"a": 1}, 1), ([1], "x"), (object(),)]


@pytest.mark.parametrize("cells", CELLS, ids=range(len(CELLS)))
def test_a_column_that_does_not_fit_into_parquet_is_refused_with_advice(tmp_path, cells):
    with pytest.raises(Error, match="column .*does not fit into Parquet .*keep it in CSV or JSON lines"):
        written(tmp_path / "a.parquet", OutputOptions(keep=("n",)), [kept(*cells)])
    assert list(tmp_path.iterdir()) == []


def test_parquet_does_not_go_to_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="Parquet cannot go to the device or pipe"):
        written(tmp_path / "pipe", OutputOptions("parquet"))


def test_what_is_printed_for_programs_does_not_control_a_terminal(monkeypatch):
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    written(None, OutputOptions("csv", keep=("n",)), [kept("a\x1b[2J\x9b\u202e")])
    assert "a\ufffd[2J" in terminal.getvalue() and not {"\x1b", "\x9b", "\u202e"} & set(terminal.getvalue())


AWKWARD = [
    '"',
    'a"b',
    "x;y",
    "a,b",
    "",
    None,
    "%s",
    "\u2028",
    "\\",
    "строка\nвторая",
    17.0,
    1e300,
    True,
    [1, None, {"a": "б"}],
]


def test_batches_have_the_bytes_of_the_same_rows_written_one_by_one(tmp_path):
    """Cells that need quotes, and in one batch also a carriage return, for which that row has every cell in quotes."""
    options, cells = OutputOptions(keep=("n",)), [*AWKWARD, "x\ry"]
    for ending in ("jsonl", "csv"):
        together = written(tmp_path / f"together.{ending}", options, [kept(*cells)])
        alone = written(tmp_path / f"alone.{ending}", options, [kept(cell) for cell in cells])
        assert together.read_bytes() == alone.read_bytes()
        if ending == "jsonl":
            assert [json.loads(line)["n"] for line in together.read_bytes().splitlines()] == cells


def test_a_carriage_return_does_not_end_a_row_of_csv(tmp_path):
    path = written(tmp_path / "a.csv", OutputOptions(keep=("n",)), [kept("x\ry", "z")])
    assert pd.read_csv(path).n.tolist() == ["x\ry", "z"]
    with path.open(encoding="utf-8", newline="") as file:
        assert [row["n"] for row in csv.DictReader(file)] == ["x\ry", "z"]
