import json
import re
import subprocess
import sys

import pandas as pd
import pytest

from classifier.data.corpus import read_corpus
from tests.annotation.conftest import EXPORTS
from tests.conftest import EXAMPLES

LABEL_STUDIO = EXPORTS / "label-studio.json"
TABLE = """\
id,topics,chosen,readers,disputed
0017,diplomacy,uncertain,2,trade;agriculture-food
b;2,sport,random,2,
3,,random,1,
"""


@pytest.fixture
def sheet(tmp_path):
    """Write a sheet of ids and topics as CSV, and return its path."""

    def write(topics, name="anna.csv"):
        rows = "".join(f'"{identifier}";"{cell}";"yes"\n' for identifier, cell in topics.items())
        (tmp_path / name).write_text(f"id;topics;read\n{rows}", encoding="utf-8")
        return tmp_path / name

    return write


def test_what_came_back_becomes_a_table(run, tmp_path):
    result = run("labels", LABEL_STUDIO, "-o", tmp_path / "labels.csv")
    assert result.code == 0 and (tmp_path / "labels.csv").read_bytes().decode() == TABLE
    assert result.err == (
        "news-topics: on 1 article as many readers gave a topic as did not, so it does not stand: let one more person "
        "read these, or write the topics into the table\n"
        "news-topics: 3 articles read (1 without a topic), 2 not read, 2 readers; "
        f"labels written to {tmp_path / 'labels.csv'}\n"
    )


def test_conflicts_are_shown(run, tmp_path):
    out = run("labels", LABEL_STUDIO, "-o", tmp_path / "labels.csv").out
    assert out.startswith("Read by several: 2 articles; they disagree about 1\n")
    assert re.search(r"^trade +1 +0\.000$", out, re.M) and re.search(r"^micro +2 +0\.667$", out, re.M)
    assert re.search(
        r"^0017 .*label-studio 1: diplomacy; trade \| label-studio 2: diplomacy; agriculture-food", out, re.M
    )


def test_one_reader_has_no_conflicts(run, tmp_path, sheet):
    assert run("labels", sheet({"1": "sport"}), "-o", tmp_path / "labels.csv").out == ""


def test_a_model_is_trained_on_the_labels(run, tmp_path, sheet):
    example = pd.read_csv(EXAMPLES / "train.csv").assign(id=[f"a{row:03}" for row in range(46)])
    example.drop(columns="topics").to_csv(tmp_path / "news.csv", index=False)
    topics = ["погода", "спорт", "суд", "культура"]
    path = sheet(dict(zip(example.id, example.topics.fillna(""), strict=True)))
    allowed = [part for topic in topics for part in ("--topic", topic)]
    result = run("labels", path, "-o", tmp_path / "labels.csv", *allowed)
    assert result.code == 0 and "'погода' is taken for the new topic" in result.err
    corpus = read_corpus(tmp_path / "news.csv", tmp_path / "labels.csv")
    assert corpus.topics == read_corpus(EXAMPLES / "train.csv").topics
    result = run("train", tmp_path / "news.csv", "--labels", tmp_path / "labels.csv", "-o", tmp_path / "model")
    assert result.code == 0, result.err


def test_topics_of_a_model_are_allowed_and_come_before_names_of_the_shipped_ones(run, tmp_path, sheet, model):
    labels = tmp_path / "labels.csv"
    for options, topic in [([], "weather"), (["--model", model], "погода")]:
        assert run("labels", sheet({"1": "Погода"}), "-o", labels, "--force", *options).code == 0
        assert pd.read_csv(labels).topics.tolist() == [topic]


@pytest.mark.parametrize("topic", ["", " ", "a;b", "a\nb", "Нет темы"])
def test_a_topic_that_a_table_cannot_hold_is_refused(run, tmp_path, sheet, topic):
    result = run("labels", sheet({"1": "sport"}), "-o", tmp_path / "labels.csv", "--topic", topic)
    assert result.code == 2 and "cannot be a topic" in result.err


def test_an_unknown_topic_is_one_line_of_advice(run, tmp_path, sheet):
    result = run("labels", sheet({"1": "Спорт", "2": "Космс"}), "-o", tmp_path / "labels.csv")
    assert result.code == 2 and result.err.count("\n") == 1
    assert "anna.csv row 3: unknown topic 'Космс'; nearest: space (Космос)" in result.err
    assert not (tmp_path / "labels.csv").exists()


def test_nothing_read_is_an_error_and_writes_nothing(run, tmp_path, sheet):
    (tmp_path / "queue.csv").write_text("id;topics\n1;\n2;\n")
    result = run("labels", tmp_path / "queue.csv", "-o", tmp_path / "labels.csv")
    assert result.code == 1 and "nobody has read an article (2 articles not read)" in result.err
    assert not (tmp_path / "labels.csv").exists()


def test_a_table_that_exists_may_hold_corrections(run, tmp_path):
    target = tmp_path / "labels.csv"
    target.write_text(TABLE.replace("0017,diplomacy", "0017,diplomacy;trade"))
    result = run("labels", LABEL_STUDIO, "-o", target)
    assert result.code == 2 and "may hold corrections" in result.err and "diplomacy;trade" in target.read_text()
    assert run("labels", LABEL_STUDIO, "-o", target, "--force").code == 0 and target.read_text() == TABLE


def test_no_input_is_overwritten(run, sheet):
    path = sheet({"1": "sport"})
    before = path.read_text()
    result = run("labels", path, "-o", path, "--force")
    assert result.code == 2 and "one of the files that are read" in result.err and path.read_text() == before


def test_the_table_must_be_named_as_train_reads_it(run, tmp_path):
    result = run("labels", LABEL_STUDIO, "-o", tmp_path / "labels.xlsx")
    assert result.code == 2 and "does not end in .csv" in result.err


def test_an_id_with_a_line_break_stays_one_row(run, tmp_path):
    rows = [{"article_id": "a\r\nb", "label": ["sport"]}, {"article_id": "c\rd", "label": ["Спорт"]}]
    (tmp_path / "anna.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run("labels", tmp_path / "anna.jsonl", "-o", tmp_path / "labels.csv")
    assert pd.read_csv(tmp_path / "labels.csv").id.tolist() == ["a\r\nb", "c\rd"]


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['news-topics', 'labels', '--help']\n"
        "from classifier.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'pandas', 'numpy', 'xlsxwriter', 'python_calamine'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "FILES are what came back" in out and out.endswith("[]\n")
