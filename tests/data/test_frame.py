"""DataFrames as files."""

import json

import numpy as np
import pandas as pd
import pytest

from classifier.data.writers.frame import write_frame
from classifier.errors import Error, UsageError

FRAME = pd.DataFrame(
    {
        "id": ["1", "=1+1", "снег\nи лёд"],
        "number": [3, 10, 7],
        "share": [0.5, np.nan, 0.12345],
        "first": [True, False, True],
    },
    index=[7, 8, 9],
)


def test_csv_has_the_columns_and_no_index(tmp_path):
    write_frame(FRAME, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().decode() == (
        'id,number,share,first\n1,3,0.5,True\n=1+1,10,,False\n"снег\nи лёд",7,0.12345,True\n'
    )


def test_json_lines_have_numbers_truth_values_and_null(tmp_path):
    write_frame(FRAME, tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1]) == {"id": "=1+1", "number": 10, "share": None, "first": False}


def test_parquet_is_the_frame(tmp_path):
    write_frame(FRAME, tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), FRAME.reset_index(drop=True))


def test_a_workbook_has_numbers_as_numbers_and_no_formulas(tmp_path):
    calamine = pytest.importorskip(
        "python_calamine", reason="python-calamine is not installed: pip install '.[office]'"
    )
    write_frame(FRAME, tmp_path / "a.xlsx")
    rows = calamine.CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert rows[0] == ["id", "number", "share", "first"]
    assert rows[1:3] == [["1", 3, 0.5, True], ["=1+1", 10, "", False]]


def test_rows_of_all_pieces_are_written_under_one_header(tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.data.writers.frame._ROWS", 2)
    for ending in ("csv", "jsonl"):
        write_frame(FRAME, tmp_path / f"a.{ending}")
    assert pd.read_csv(tmp_path / "a.csv").number.tolist() == [3, 10, 7]
    assert len((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_without_rows_there_is_a_header(tmp_path, ending):
    pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
    path = tmp_path / f"a.{ending}"
    write_frame(FRAME[:0], path)
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": lambda path: pd.read_excel(path, engine="calamine")}
    assert read[ending](path).columns.tolist() == list(FRAME.columns) and not len(read[ending](path))


def test_standard_output_gets_json_lines_for_programs_and_a_table_if_asked_for(capsys):
    write_frame(FRAME[:1], None)
    assert json.loads(capsys.readouterr().out) == {"id": "1", "number": 3, "share": 0.5, "first": True}
    write_frame(FRAME, None, "table")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "number", "share", "first"]
    assert lines[3].split() == ["снег", "и", "лёд", "7", "0.123", "True"]


@pytest.mark.parametrize("name", ["a.doc", "a", "a.ninjs", "a.table"])
def test_an_unknown_ending_is_refused_with_advice(tmp_path, name):
    with pytest.raises(UsageError, match=r"from its ending: name it \.csv, \.jsonl, \.parquet or \.xlsx"):
        write_frame(FRAME, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_binary_formats_are_not_printed():
    with pytest.raises(UsageError, match="Parquet cannot go to standard output: name a file"):
        write_frame(FRAME, None, "parquet")


def test_nothing_is_left_of_a_table_that_does_not_fit(tmp_path):
    with pytest.raises(Error, match="does not fit into Parquet"):
        write_frame(pd.DataFrame({"a": [1, "x"]}, dtype=object), tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []
