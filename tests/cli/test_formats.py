"""Formats of a news desk, from the shell."""

import gzip
import io
import json
import zipfile

import pandas as pd
import pytest

from tests.cli.conftest import TEXT


@pytest.fixture
def office():
    pytest.importorskip("python_calamine", reason="python-calamine is not installed: pip install '.[office]'")
    return pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install '.[office]'")


def test_a_workbook_becomes_a_workbook(run, tmp_path, office):
    with office.Workbook(tmp_path / "news.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "text"])
        sheet.write_row(1, 0, [17, TEXT])
    result = run("predict", tmp_path / "news.xlsx", "-o", tmp_path / "out.xlsx")
    assert result.code == 0 and "1 article tagged" in result.err
    result = run("predict", tmp_path / "news.xlsx", "-o", tmp_path / "out.xlsx", "--long")
    assert result.code == 0 and "which replaces an earlier file" in result.err


def test_a_workbook_is_not_continued(run, news, tmp_path, office):
    result = run("predict", news(1), "-o", tmp_path / "out.xlsx", "--resume")
    assert result.code == 2 and "--resume cannot continue a workbook" in result.err
    assert "write .csv or .parquet" in result.err


def test_packed_articles_are_read_by_every_command(run, news, tmp_path):
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(news(2).read_bytes()))
    assert len(run("predict", packed).out.splitlines()) == 2
    assert json.loads(run("explain", packed, "--id", "n1").out)["id"] == "n1"


@pytest.mark.filterwarnings("always:left out in archive")
def test_an_archive_is_read_like_a_folder(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "news.zip", "w") as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.pdf", "x")
    result = run("predict", tmp_path / "news.zip")
    assert json.loads(result.out)["id"] == f"{tmp_path}/news.zip/a.txt" and "1 .pdf" in result.err


def test_a_run_into_parts_reads_packed_articles_again(run, news, tmp_path):
    packed, output = tmp_path / "packed.jsonl.gz", tmp_path / "out.csv"
    lines = "".join(json.dumps({"id": number, "text": TEXT}) + "\n" for number in range(3))
    packed.write_bytes(gzip.compress(lines.encode()))
    assert run("predict", packed, "-o", output, "--resume").code == 0
    assert len(pd.read_csv(output)) == 3


def test_a_long_answer_has_a_row_for_each_topic(run, news):
    out = run("predict", news(2), "--long", "--format", "csv", "--keep", "source", "--min-probability", 0.01).out
    table = pd.read_csv(io.StringIO(out))
    assert list(table.columns) == ["id", "source", "topic", "probability", "note"]
    assert set(table.id) == {"n0", "n1"} and table.topic[0] == "sport" and len(table) > 2


def test_a_column_named_like_a_topic_can_be_kept_in_a_long_answer(run, tmp_path):
    pd.DataFrame([{"text": TEXT, "sport": "x"}]).to_csv(tmp_path / "a.csv", index=False)
    result = run("predict", tmp_path / "a.csv", "--long", "--all", "--keep", "sport", "--format", "jsonl")
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert len(rows) == 45 and rows[0]["topic"] == "sport" and rows[0]["given"] and rows[0]["sport"] == "x"


def test_news_items_are_printed_and_written(run, news, tmp_path):
    item = json.loads(run("predict", news(1), "--format", "ninjs").out)
    assert item["uri"] == "urn:x-news-topics:article:n0" and TEXT not in str(item)
    assert item["subjects"][0]["uri"] == "http://cv.iptc.org/newscodes/mediatopic/15000000"
    output = tmp_path / "out.jsonl"
    assert run("predict", news(1), "--format", "ninjs", "-o", output).code == 0
    assert json.loads(output.read_text(encoding="utf-8")) == item


def test_the_topics_are_a_thesaurus_too(run, model):
    rdflib = pytest.importorskip("rdflib")
    for options, count in (([], 45), (["--model", model], 4)):
        graph = rdflib.Graph().parse(data=run("topics", "--format", "skos", *options).out, format="turtle")
        assert len(set(graph.subjects(rdflib.RDF.type, rdflib.SKOS.Concept))) == count
    result = run("topics", "--format", "skos", "--words", 3)
    assert result.code == 2 and "cannot be combined" in result.err


def test_a_packed_table_of_an_archive_is_not_lost_in_silence(run, tmp_path):
    pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(f"text\n{TEXT}\n", encoding="utf-8")
    (tmp_path / "in" / "b.csv.gz").write_bytes(gzip.compress(f"text\n{TEXT}\n".encode()))
    result = run("predict", tmp_path / "in", "-o", f"{tmp_path}/out/")
    assert result.code == 2 and "b.csv.gz is not a table of articles" in result.err and "not packed" in result.err
