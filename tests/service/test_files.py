"""Tables as bodies, answered by tables of the same kind."""

import pandas as pd
import pytest

from tests.service.conftest import MATCH, VISIT

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": XLSX,
}


@pytest.fixture
def news(tmp_path):
    """Return a function that writes a table of two articles."""
    table = pd.DataFrame({"id": ["1", "2"], "title": [None, "Визит"], "text": [MATCH, VISIT], "date": ["2024", "2025"]})
    write = {
        "csv": lambda path: table.to_csv(path, index=False),
        "jsonl": lambda path: table.to_json(path, orient="records", lines=True, force_ascii=False),
        "parquet": lambda path: table.to_parquet(path, index=False),
        "xlsx": lambda path: table.to_excel(path, index=False, engine="xlsxwriter"),
    }

    def written(format):
        path = tmp_path / f"news.{format}"
        write[format](path)
        return path

    return written


def post(client, content, format="csv", **parameters):
    return client.post("/v1/predict-batch", params=parameters, content=content, headers={"Content-Type": TYPES[format]})


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("parameters", "options"),
    [
        ({}, []),
        (
            {"keep": ["date", "title"], "names": "en", "all": "true"},
            ["--keep=date", "--keep=title", "--names=en", "--all"],
        ),
        ({"long": "true", "mode": "complete"}, ["--long", "--mode=complete"]),
    ],
    ids=["", "keep", "long"],
)
def test_a_table_is_answered_by_what_predict_writes(client, run, news, tmp_path, format, parameters, options):
    source, target = news(format), tmp_path / f"topics.{format}"
    assert run("predict", source, "-o", target, *options).code == 0
    answer = post(client, source.read_bytes(), format, **parameters)
    assert answer.status_code == 200 and answer.content == target.read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="topics.{format}"'
    assert answer.headers["content-type"].startswith(TYPES[format])
    assert (answer.headers["news-topics-articles"], answer.headers["news-topics-left-out"]) == ("2", "0")


def test_a_workbook_is_answered_by_a_workbook(client, run, news, tmp_path):
    run("predict", news("xlsx"), "-o", tmp_path / "told.xlsx")
    answer = post(client, news("xlsx").read_bytes(), "xlsx")
    (tmp_path / "topics.xlsx").write_bytes(answer.content)
    told, topics = (pd.read_excel(tmp_path / name, engine="calamine") for name in ("told.xlsx", "topics.xlsx"))
    assert topics.equals(told) and topics.topics[0] == "sport"


def test_another_kind_of_table_may_be_asked_for(client, news):
    answer = post(client, news("csv").read_bytes(), to="jsonl")
    assert answer.text.startswith('{"id": "1", "topics": ["sport"]')
    assert answer.headers["content-disposition"] == 'attachment; filename="topics.jsonl"'
    assert answer.headers["content-type"].startswith("application/x-ndjson")


def test_columns_may_have_other_names(client):
    content = f"nr,body\n7,{MATCH}\n".encode()
    answer = post(client, content, text_column="body", id_column="nr")
    assert answer.text.splitlines()[1].startswith("7,sport,")
    missing = post(client, content)
    assert missing.status_code == 422
    assert missing.json()["detail"] == (
        "articles.csv: no column 'text' (there are: nr, body); name yours with text_column"
    )


def test_rows_that_cannot_be_read_are_told_in_headers(client):
    answer = post(client, f"id,text\n1,{MATCH}\n2,a,b,c\n".encode())
    assert answer.status_code == 200 and len(answer.text.splitlines()) == 2
    assert (answer.headers["news-topics-articles"], answer.headers["news-topics-left-out"]) == ("1", "1")
    assert answer.headers["news-topics-left-out-first"].startswith(
        "articles.csv line 3: 4 fields where the header has 2"
    )


@pytest.mark.parametrize(
    ("content", "format", "parameters", "advice"),
    [
        (b"", "csv", {}, "articles.csv is empty"),
        (b"id,text\n1,a,b\n", "csv", {}, "no article could be read: articles.csv line 2"),
        (b"id,text\n1,a\n", "csv", {"keep": "date"}, "no column 'date'"),
        (b"id,text\n1,a\n", "csv", {"keep": "id"}, "cannot keep column 'id'"),
        (b"id,text\n1,a\n", "csv", {"long": "perhaps"}, "long: Input should be a valid boolean"),
        (b"id,text\n1,a\n", "csv", {"kep": "a"}, "kep is not known; known are names, all, mode"),
        (b"id,text\n1,a\n", "csv", {"to": "pdf"}, "to is one of csv, jsonl, parquet, xlsx"),
        (b"no Parquet", "parquet", {}, "articles.parquet"),
        (b"no workbook", "xlsx", {}, "articles.xlsx is not a workbook or is damaged"),
    ],
)
def test_a_table_that_cannot_be_tagged_is_a_problem(client, content, format, parameters, advice):
    answer = post(client, content, format, **parameters)
    assert answer.status_code == 422 and advice in answer.json()["detail"]


def test_a_table_without_an_article_holds_nobody_up(connect):
    with connect(job_seconds=-1.0) as client:
        assert post(client, b"text\n" + b"a,b\n" * 10).status_code == 503


def test_numbers_that_excel_cannot_hold_become_text(client):
    content = b'{"text": "a", "n": 1%s}' % (b"0" * 400)
    assert post(client, content, "jsonl", to="xlsx", keep="n").status_code == 200


def test_other_files_are_refused(client):
    answer = client.post("/v1/predict-batch", content=b"%PDF", headers={"Content-Type": "application/pdf"})
    assert answer.status_code == 415 and "text/csv" in answer.json()["detail"]


def test_nothing_is_left_on_the_disk(client, news, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert post(client, news("csv").read_bytes()).status_code == 200
    assert post(client, b"").status_code == 422
    assert list((tmp_path / "temporary").iterdir()) == []
