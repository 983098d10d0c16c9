"""Answers as a workbook, as python-calamine reads them."""

import pytest

from classifier.data.answers import OutputOptions
from classifier.data.writers import open_writer, workbook
from classifier.errors import Error, UsageError
from tests.data.test_writers import BATCH, CLASSES, EVERYTHING, kept, written

calamine = pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")


def rows(path):
    return calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_a_row_is_an_article_and_lists_are_joined(tmp_path):
    assert rows(written(tmp_path / "a.xlsx", EVERYTHING)) == [
        ["id", "date", "topics", "probabilities", "names", "note", *CLASSES],
        [
            "1",
            "2020",
            "defense-cooperation; diplomacy",
            "0.9312; 0.8",
            "Defense cooperation; Diplomacy and foreign policy",
            "",
            *(0.8, 0.9312, 0.01),
        ],
        ["2", "", "", "", "", "not Russian", 0, 0, 0],
        ["3", "", "", "", "", "", 0.1, 0.2, 0.3],
    ]


def test_a_long_answer_has_a_row_for_each_topic(tmp_path):
    found = rows(written(tmp_path / "a.xlsx", OutputOptions(long=True), [BATCH, BATCH]))
    assert found[0] == ["id", "topic", "probability", "note"] and len(found) == 9
    assert found[1] == ["1", "defense-cooperation", 0.9312, ""] and found[3] == ["2", "", "", "not Russian"]


def test_text_stays_text_and_numbers_stay_exact(tmp_path):
    cells = ["=1+1", "+7 900", "-5", "@x", "http://a.ru", "007", "{=1}", 10**30, 5, 2.5, True, float("inf"), [1, "a"]]
    cells += ["a\x1b\0b", "_x0041_", "\ufffe\ud800", "строка\nдругая", None, ""]
    path = written(tmp_path / "a.xlsx", OutputOptions(keep=("n",)), [kept(*cells)])
    shown = ["=1+1", "+7 900", "-5", "@x", "http://a.ru", "007", "{=1}", str(10**30), 5, 2.5, True, "inf", "1; a"]
    assert [row[1] for row in rows(path)[1:]][:13] == shown
    assert [row[1] for row in rows(path)[1:]][16:] == ["строка\nдругая", "", ""]


def test_without_articles_there_is_a_header(tmp_path):
    assert rows(written(tmp_path / "a.xlsx", batches=())) == [["id", "topics", "probabilities", "note"]]


@pytest.mark.parametrize("cell", ["x" * 32_768, "\U0001f98c" * 16_384])
def test_a_cell_that_is_too_long_is_refused_and_not_cut(tmp_path, cell):
    with pytest.raises(Error, match="at most 32,767 characters, and one of 'n' has more"):
        written(tmp_path / "a.xlsx", OutputOptions(keep=("n",)), [kept(cell)])
    assert list(tmp_path.iterdir()) == []
    assert rows(written(tmp_path / "a.xlsx", OutputOptions(keep=("n",)), [kept(cell[:16_383])]))[1][1] == cell[:16_383]


def test_rows_and_columns_that_do_not_fit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    with pytest.raises(Error, match="at most 3 rows, and there are more answers"):
        written(tmp_path / "a.xlsx")
    monkeypatch.setattr(workbook, "MAX_COLUMNS", 3)
    with pytest.raises(Error, match="at most 3 columns"):
        written(tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_leaves_no_temporary_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RuntimeError), open_writer(tmp_path / "a.xlsx", OutputOptions(), CLASSES) as write:
        write(BATCH)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_is_not_printed():
    with pytest.raises(UsageError, match="a workbook cannot go to standard output: add --output FILE.xlsx"):
        written(None, OutputOptions("xlsx"))


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"to write .xlsx: pip install 'news-topics\[office\]'"):
        written(tmp_path / "a.xlsx")
