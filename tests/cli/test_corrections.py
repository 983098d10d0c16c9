"""``predict`` and ``explain`` with rules, people's labels, and the topics that a newsroom wants."""

import csv
import json
import re

import pandas as pd
import pytest

from tests.cli.conftest import TEXT
from tests.conftest import EXAMPLES

RULES = '[[rule]]\ntopic = "арктика"\nphrases = ["ледокол*"]\n[[rule]]\ntopic = "sport"\naction = "block"\n'


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with articles, rules and labels."""
    monkeypatch.chdir(tmp_path)
    rows = [
        ("a", TEXT),
        ("b", f"{TEXT} на ледоколе"),
        ("c", "The icebreaker ледокол left the harbour of Murmansk on Monday, the ministry said"),
        ("d", TEXT),
    ]
    pd.DataFrame(rows, columns=["id", "text"]).to_csv("news.csv", index=False)
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    (tmp_path / "labels.csv").write_text("id,topics\nd,sport;метель\n", encoding="utf-8")
    return tmp_path


def lines(result):
    assert result.code == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def test_rules_and_labels_give_topics_and_each_tells_its_origin(run, desk):
    result = run("predict", "news.csv", "--rules", "rules.toml", "--labels", "labels.csv")
    answers = {line["id"]: line for line in lines(result)}
    assert {id: (line["topics"], line["origins"]) for id, line in answers.items()} == {
        "a": ([], []),
        "b": (["арктика"], ["rule"]),
        "c": (["арктика"], ["rule"]),
        "d": (["sport", "метель"], ["person", "person"]),
    }
    assert answers["b"]["probabilities"] == [None] and answers["d"]["probabilities"][0] > 0.5
    assert list(answers["a"]) == ["id", "topics", "probabilities", "origins", "note"]
    assert answers["c"]["note"] == "not Russian" and "1 article with the topics of --labels" in result.err


def test_every_format_says_the_same(run, desk):
    options = ["--rules", "rules.toml", "--labels", "labels.csv", "--names", "ru", "--all"]
    expected = lines(run("predict", "news.csv", *options))
    for ending in ("csv", "parquet"):
        for _ in range(2):  # the second time it replaces a file of ours
            assert run("predict", "news.csv", *options, "-o", f"out.{ending}").code == 0
    assert pd.read_parquet("out.parquet").to_json(orient="records", lines=True, force_ascii=False) == "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in expected
    ).replace("/", "\\/")
    with (desk / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(expected[0])
    assert [row["origins"] for row in rows] == ["", "rule", "rule", "person;person"]
    assert rows[3]["probabilities"] == f"{expected[3]['probabilities'][0]};" and rows[1]["probabilities"] == ""


def test_an_empty_output_has_the_column_too(run, desk):
    pd.DataFrame({"id": [], "text": []}, dtype=str).to_parquet("empty.parquet")
    assert run("predict", "empty.parquet", "--rules", "rules.toml", "-o", "out.parquet").code == 0
    assert list(pd.read_parquet("out.parquet")) == ["id", "topics", "probabilities", "origins", "note"]


def test_people_see_who_gave_a_topic(run, desk):
    out = run("predict", "news.csv", "--format", "table", "--rules", "rules.toml", "--labels", "labels.csv").out
    assert re.search(r"арктика +арктика +rule", out) and re.search(r"Спорт +sport +\d\.\d\d person", out)
    assert re.search(r"арктика +rule *\n +not Russian\n", out)
    every = run("predict", "news.csv", "--format", "table", "--all", "--rules", "rules.toml").out
    assert every.count("арктика") == 4 and every.count("Спорт") == 4


def test_only_some_topics_are_given_and_written(run, desk):
    articles = EXAMPLES / "train.csv"
    every = {line["id"]: line["topics"] for line in lines(run("predict", articles))}
    for line in lines(run("predict", articles, "--only", "sport", "--only", "courts", "--all")):
        assert line["topics"] == [topic for topic in every[line["id"]] if topic in ("sport", "courts")]
        assert set(list(line)[4:]) == {"sport", "courts"}
    for line in lines(run("predict", articles, "--without", "sport", "--all")):
        assert line["topics"] == [topic for topic in every[line["id"]] if topic != "sport"] and "sport" not in line
    table = run("predict", "news.csv", "--format", "table", "--all", "--only", "sport").out
    assert table.count("Спорт") == 4 and "Космос" not in table


def test_topics_of_rules_and_labels_can_be_chosen(run, desk):
    corrections = ["--rules", "rules.toml", "--labels", "labels.csv"]
    chosen = lines(run("predict", "news.csv", *corrections, "--only", "арктика", "--only", "метель"))
    assert [line["topics"] for line in chosen] == [[], ["арктика"], ["арктика"], ["метель"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--only", "sprot"], "the model has no topic 'sprot'; did you mean 'sport'?"),
        (["--without", "Спорт"], "the model has no topic 'Спорт'; did you mean 'sport'?"),
        (["--only", "арктика"], "the model has no topic 'арктика'"),
        (["--only", "sport", "--without", "sport"], "--only and --without leave no topic"),
        (["--rules", "missing.toml"], "cannot read missing.toml"),
        (["--rules", "bad.toml"], "bad.toml: rule 1: nothing to remove: the model has no topic 'sprot'"),
        (["--labels", "missing.csv"], "cannot read missing.csv"),
        (["--labels", "news.csv"], "news.csv has no column 'topics'"),
        (["--labels", "labels.jsonl"], "topic 'a;b' is empty, holds ';'"),
        (["--labels", "labels.csv", "-o", "labels.csv", "--force"], "labels.csv is one of the files that are read"),
        (["--rules", "rules.toml", "-o", "rules.toml", "--format", "csv"], "is one of the files that are read"),
    ],
)
def test_wrong_use_is_one_line_of_advice(run, desk, options, message):
    (desk / "bad.toml").write_text('[[rule]]\ntopic = "sprot"\naction = "remove"')
    (desk / "labels.jsonl").write_text('{"id": "a", "topics": ["a;b"]}')
    before = {path.name: path.read_bytes() for path in desk.iterdir()}
    result = run("predict", "news.csv", *options)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1) and message in result.err
    assert {path.name: path.read_bytes() for path in desk.iterdir()} == before


def test_labels_of_no_article_and_topics_that_may_be_misspelt_are_told(run, desk):
    (desk / "labels.csv").write_text("id,topics\nx,sprot\n")
    err = run("predict", "news.csv", "--labels", "labels.csv").err
    assert "no article is in --labels: do their ids agree?" in err
    assert "topic 'sprot' is new to the model, which has 'sport'" in err


def test_an_explanation_says_what_a_rule_did(run, desk):
    (desk / "a.txt").write_text(f"{TEXT} на ледоколе", encoding="utf-8")
    out = run("explain", "a.txt", "--rules", "rules.toml", "--format", "text").out
    assert "Rule 1 gives арктика: ледоколе\nRule 2 blocks sport\n" in out
    assert "Спорт  sport  taken away by rule 2" in out
    (line,) = lines(run("explain", "a.txt", "--rules", "rules.toml"))
    assert [rule["rule"] for rule in line["rules"]] == [1, 2] and line["topics"][0]["given"] is False
    assert run("explain", "a.txt", "--rules", "rules.toml", "--html", "rules.toml", "--force").code == 2


def test_control_characters_in_a_topic_of_a_label_are_not_printed(run, desk):
    (desk / "labels.jsonl").write_text('{"id": "a", "topics": ["x\\u001b[2J"]}')
    assert "\x1b" not in run("predict", "news.csv", "--labels", "labels.jsonl", "--format", "table").out


def test_a_topic_by_its_name_is_refused(run, tmp_path):
    (tmp_path / "a.txt").write_text("Матч", encoding="utf-8")
    (tmp_path / "r.toml").write_text('[[rule]]\ntopic = "Спорт"\nphrases = ["матч"]', encoding="utf-8")
    result = run("predict", tmp_path / "a.txt", "--rules", tmp_path / "r.toml")
    assert result.code == 2 and "topic 'Спорт' of rules or labels is the name of 'sport'" in result.err


def test_a_topic_that_only_rules_have_can_be_explained(run, tmp_path):
    (tmp_path / "a.txt").write_text("Ледокол вышел в море", encoding="utf-8")
    (tmp_path / "r.toml").write_text('[[rule]]\ntopic = "арктика"\nphrases = ["ледокол"]', encoding="utf-8")
    result = run("explain", tmp_path / "a.txt", "--rules", tmp_path / "r.toml", "--topic", "арктика")
    assert result.code == 0 and "арктика" in result.out
