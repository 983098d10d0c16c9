"""Columns of tables as newsrooms call them."""

import io
import warnings

import pandas as pd
import pytest

from classifier.data.articles import Columns, Notice, ReadOptions
from classifier.data.readers.columns import find_columns
from classifier.data.reading import read

HEADER = ["№", "Дата", "Заголовок", "ТЕКСТ"]
ROW = ["17", "2024-05-01", "Визит в Дели", "Переговоры начались"]


@pytest.fixture(params=["csv", "xlsx", "parquet", "jsonl", "json", "stdin"])
def newsroom(request, tmp_path, monkeypatch):
    """A table with Russian columns, in each format."""
    frame, path = pd.DataFrame([ROW], columns=HEADER), tmp_path / f"news.{request.param}"
    if request.param == "stdin":
        content = frame.to_csv(index=False, sep=";").encode("cp1251")
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        return "-"
    if request.param == "csv":
        frame.to_csv(path, index=False, sep=";", encoding="cp1251")
    elif request.param in ("json", "jsonl"):
        frame.to_json(path, orient="records", lines=request.param == "jsonl", force_ascii=False)
    elif request.param == "parquet":
        frame.to_parquet(path)
    else:
        pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")
        frame.to_excel(path, index=False, engine="xlsxwriter")
    return path


def read_one(path, columns):
    """Return the only article, and what is told."""
    with pytest.warns(Notice) as told:
        (article,) = read([path], ReadOptions(columns))
    return article, [str(notice.message) for notice in told]


def test_russian_columns_are_known_whatever_their_case_and_this_is_told(newsroom):
    article, told = read_one(newsroom, Columns(keep=("Дата",)))
    assert article[:3] == ("17", "Визит в Дели\nПереговоры начались", {"Дата": "2024-05-01"})
    assert "reading text from column 'ТЕКСТ', title from column 'Заголовок', id from column '№'" in told


def test_names_that_the_user_gives_may_have_another_case(newsroom):
    article, told = read_one(newsroom, Columns("заголовок", "дата"))
    assert article.text == "2024-05-01\nВизит в Дели"
    assert "reading text from column 'Заголовок', title from column 'Дата', id from column '№'" in told


def test_the_usual_names_come_first_and_need_no_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        columns = find_columns(Columns(), ["Текст", "text", "Заголовок", "title", "№", "id"])
    assert columns == Columns()


def test_a_column_has_one_role(tmp_path):
    (tmp_path / "a.csv").write_text("Заголовок,n\nВизит,1\n", encoding="utf-8")
    (article,) = read([tmp_path / "a.csv"], ReadOptions(Columns("Заголовок")))
    assert article.text == "Визит"


def test_a_name_that_the_user_gives_stands_for_itself():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert find_columns(Columns(title="тема"), ["text", "Заголовок"]) == Columns(title="тема")
