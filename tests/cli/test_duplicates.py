import io
import json
import sys

import pandas as pd
import pytest

from tests.cli.conftest import TEXT
from tests.duplicates.conftest import BRIDGE, BRIDGE_AGENCY, HARVEST


@pytest.fixture
def archive(tmp_path):
    """Write a table of five articles, two of them reprints, and return its path."""
    pytest.importorskip("rensa", reason="rensa is not installed: pip install '.[duplicates]'")

    def write(**columns):
        table = pd.DataFrame(
            {
                "id": ["a", "b", "c", "d", "e"],
                "title": ["", "", "", "Матч", ""],
                "text": [BRIDGE, HARVEST, BRIDGE_AGENCY, TEXT, BRIDGE],
                "date": ["2024-11-02", "2024-11-02", "2024-11-01", "2024-11-02", "2024-11-20"],
            }
        )
        table.assign(**columns).to_csv(tmp_path / "news.csv", index=False)
        return tmp_path / "news.csv"

    return write


def test_every_article_gets_a_row_with_its_cluster(run, archive, tmp_path):
    result = run("duplicates", archive(), "-o", tmp_path / "clusters.csv")
    assert (tmp_path / "clusters.csv").read_text(encoding="utf-8").splitlines() == [
        "id,cluster,first,size",
        "a,c,False,2",
        "b,b,True,1",
        "c,c,True,2",
        "d,d,True,1",
        "e,e,True,1",
    ]
    assert result.err == f"news-topics: 5 articles: 1 reprint of 1 article; written to {tmp_path}/clusters.csv\n"
    again = run("duplicates", archive(), "-o", tmp_path / "clusters.csv", "--days", 20)
    assert "2 reprints of 1 article; written to" in again.err and "which replaces an earlier file" in again.err


def test_a_pipe_gets_json_lines(run, archive):
    rows = [json.loads(line) for line in run("duplicates", archive(), "--similarity", 1).out.splitlines()]
    assert [row["cluster"] for row in rows] == list("abcde")
    assert rows[0] == {"id": "a", "cluster": "a", "first": True, "size": 1}


def test_people_see_the_largest_clusters(run, archive):
    result = run("duplicates", archive(), "--format", "table", "--days", 20)
    lines = result.out.splitlines()
    assert lines[0].split() == ["articles", "from", "to", "headline"] and len(lines) == 2
    assert lines[1].split()[:5] == ["3", "2024-11-01", "2024-11-20", "МОСТ", "ЧЕРЕЗ"]
    assert run("duplicates", archive(text="Матч " + pd.Series(list("абвгд"))), "--format", "table").out == ""


def test_an_archive_may_be_of_several_files_and_standard_input(run, archive, tmp_path, monkeypatch):
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "1.txt").write_text(BRIDGE, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(archive().read_bytes())))
    rows = [json.loads(line) for line in run("duplicates", folder, "-", "--days", 20).out.splitlines()]
    assert [row["cluster"] for row in rows] == ["c", "c", "b", "c", "d", "c"]


def test_articles_without_a_day_are_told_and_compared_with_all(run, archive):
    result = run("duplicates", archive(date=["2024-11-02", "2024", "", "2024-11-02", "2024-11-20"]))
    assert "2 articles without a day in column 'date': compared with those of all days" in result.err
    assert "2 reprints of 1 article" in result.err


def test_the_column_of_dates_can_be_named_and_must_hold_days(run, archive):
    source = archive(day=["2024-11-02"] * 5)
    assert "2 reprints of 1 article" in run("duplicates", source, "--date-column", "day").err
    result = run("duplicates", source, "--date-column", "published")
    assert result.code == 2 and "no article has a day in column 'published' of --date-column" in result.err


def test_ids_of_several_articles_are_told(run, archive):
    result = run("duplicates", archive(id=["a", "a", "b", "b", "c"]))
    assert result.code == 0 and "2 ids of several articles each, such as 'a': a table joined by id mixes" in result.err


def test_a_broken_record_is_left_out_and_told(run, archive):
    source = archive()
    source.write_text(source.read_text(encoding="utf-8") + "x,y\n", encoding="utf-8")
    result = run("duplicates", source)
    assert len(result.out.splitlines()) == 5 and "left out 1 record that could not be read" in result.err


def test_nothing_is_destroyed(run, archive, tmp_path):
    source = archive()
    result = run("duplicates", source, "-o", source)
    assert result.code == 2 and "is one of the files that are read" in result.err
    (tmp_path / "other.csv").write_text("id,topics\n1,sport\n", encoding="utf-8")
    result = run("duplicates", source, "-o", tmp_path / "other.csv")
    assert result.code == 2 and "news-topics did not write it" in result.err
    assert run("duplicates", source, "-o", tmp_path / "other.csv", "--force").code == 0
    assert (tmp_path / "other.csv").read_text(encoding="utf-8").startswith("id,cluster,first,size")


@pytest.mark.parametrize(
    "options, message",
    [
        (["-o", "clusters.doc"], "cannot tell the format of clusters.doc from its ending"),
        (["--format", "parquet"], "Parquet cannot go to standard output"),
        (["--format", "table", "-o", "clusters.csv"], "leave out --format table, or --output"),
        (["--similarity", "0.2"], "0.2 is not in the range 0.5<=x<=1"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_read(run, archive, options, message, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    result = run("duplicates", archive(), *options)
    assert result.code == 2 and message in result.err and not result.out


def test_without_rensa_the_extra_is_named(run, archive, monkeypatch):
    monkeypatch.setitem(sys.modules, "rensa", None)
    result = run("duplicates", archive())
    assert result.code == 2
    assert result.err == "news-topics: finding reprints needs rensa: pip install 'news-topics[duplicates]'\n"
