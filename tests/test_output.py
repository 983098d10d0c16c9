import json

import pandas as pd
import pytest

from classifier.articles import Article
from classifier.errors import Error, UsageError
from classifier.output import Style, writer
from classifier.tagging import Tagged

SCORES = {"diplomacy": 0.93123456, "defense-cooperation": 0.8, "sport": 0.01}
TAGGED = [
    Tagged(
        Article("1", "Визит [bold]в[/] Дели\nТекст", {"date": "2020"}, "x"),
        {"diplomacy": 0.93123456, "defense-cooperation": 0.8},
        SCORES,
    ),
    Tagged(Article("2", "Пусто", {"date": None}, "x"), {}, dict.fromkeys(SCORES, 0.0)),
]


def written(path, style=Style(), batches=(TAGGED,)):  # noqa: B008
    with writer(path, None, style) as write:
        for batch in batches:
            write(batch)
    return path


def test_a_json_line_holds_the_id_the_kept_columns_and_the_topics(tmp_path):
    lines = written(tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "id": "1",
            "date": "2020",
            "topics": [{"id": "diplomacy", "probability": 0.9312}, {"id": "defense-cooperation", "probability": 0.8}],
        },
        {"id": "2", "date": None, "topics": []},
    ]


def test_names_all_probabilities_and_columns_are_added_on_request(tmp_path):
    first = json.loads(
        written(tmp_path / "a.jsonl", Style("ru", True, ("date",))).read_text(encoding="utf-8").splitlines()[0]
    )
    assert first["topics"][0] == {"id": "diplomacy", "name": "Дипломатия и внешняя политика", "probability": 0.9312}
    assert first["probabilities"] == {"diplomacy": 0.9312, "defense-cooperation": 0.8, "sport": 0.01}
    assert first["date"] == "2020"


def test_csv(tmp_path):
    table = pd.read_csv(written(tmp_path / "a.csv", Style("en", True, ("date",))), keep_default_na=False, dtype=str)
    assert table.to_dict("records") == [
        {
            "id": "1",
            "date": "2020",
            "topics": "diplomacy;defense-cooperation",
            "probabilities": "0.9312;0.8",
            "names": "Diplomacy and foreign policy;Defense cooperation",
            "note": "",
            "diplomacy": "0.9312",
            "defense-cooperation": "0.8",
            "sport": "0.01",
        },
        {
            "id": "2",
            "date": "",
            "topics": "",
            "probabilities": "",
            "names": "",
            "note": "",
            "diplomacy": "0.0",
            "defense-cooperation": "0.0",
            "sport": "0.0",
        },
    ]


def test_parquet(tmp_path):
    table = pd.read_parquet(written(tmp_path / "a.parquet", Style(None, True, ("date",)), [TAGGED, TAGGED]))
    assert table.id.tolist() == ["1", "2", "1", "2"]
    assert [topic["id"] for topic in table.topics[0]] == ["diplomacy", "defense-cooperation"]
    assert table.probabilities[0] == {"diplomacy": 0.9312, "defense-cooperation": 0.8, "sport": 0.01}
    assert table.date.fillna("").tolist() == ["2020", "", "2020", ""]


def test_parquet_says_where_a_kept_column_changes_its_type(tmp_path):
    other = [TAGGED[0]._replace(article=Article("3", "", {"date": 5}, "news.jsonl line 501"))]
    with pytest.raises(Error, match="news.jsonl line 501: a kept column changes its type"):
        written(tmp_path / "a.parquet", Style(keep=("date",)), [TAGGED, other])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_no_articles_make_an_empty_file(tmp_path, ending):
    assert written(tmp_path / f"a.{ending}", batches=()).exists()


def test_a_table_for_people_shows_name_id_and_probability(capsys):
    with writer(None, "table", Style()) as write:
        write(TAGGED)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].rstrip() == "1  Визит [bold]в[/] Дели"
    assert lines[1].split() == ["Дипломатия", "и", "внешняя", "политика", "diplomacy", "0.93"]
    assert "no topic" in lines[5]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_failed_run_leaves_the_old_file_and_nothing_else(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_text("old")
    with pytest.raises(RuntimeError), writer(path, None, Style()) as write:
        write(TAGGED)
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
def test_an_output_that_cannot_be_is_refused(tmp_path, path, format, message):
    with pytest.raises(UsageError, match=message), writer(path and tmp_path / path, format, Style()):
        pass
