import json
import subprocess
import sys

import pandas as pd
import pytest

from classifier.data.corpus import read_corpus, read_labels
from tests.conftest import EXAMPLES

NEWS = EXAMPLES / "train.csv"
TABLE = pd.read_csv(NEWS, dtype=str, keep_default_na=False)
SPORT = TABLE.id[TABLE.topics == "спорт"].iloc[0]
LOOKED_FOR = ["--topic", "sport", "--topic", "courts", "--topic", "weather", "--topic", "culture"]


def sheet(path):
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)


@pytest.fixture
def write(tmp_path):
    """Write labels of the example table, of which one is wrong."""

    def written(names, wrong, name="labels.csv"):
        table = TABLE[["id", "topics"]].assign(topics=TABLE.topics.replace(names, regex=True))
        table.loc[table.id == SPORT, "topics"] = wrong
        table.to_csv(tmp_path / name, index=False)
        return tmp_path / name

    return written


@pytest.fixture
def labels(write):
    """Labels with the topics of the shipped model."""
    return write({"культура": "culture", "погода": "weather", "спорт": "sport", "суд": "courts"}, "culture")


def test_a_wrong_label_is_to_be_read_again(run, tmp_path, labels):
    result = run("doubt", NEWS, "--labels", labels, *LOOKED_FOR, "-n", "1", "-o", tmp_path / "again.csv")
    assert result.code == 0
    header, first = (line.split() for line in result.out.splitlines()[:2])
    assert header == ["id", "topic", "label", "probability", "headline"] and first[0] == SPORT
    assert "news-topics: the model disagrees with " in result.err
    assert result.err.endswith(
        f" of 46 labels of 4 topics; 1 article to read again written to {tmp_path / 'again.csv'}\n"
    )
    (row,) = sheet(tmp_path / "again.csv").to_dict("records")
    assert (row["id"], row["chosen"], row["note"]) == (SPORT, "doubt", "Помечено: Культура и искусство")
    assert row["suggested"].startswith("Спорт ") and row["topics"] == row["read"] == ""


@pytest.mark.slow
def test_what_was_read_again_amends_the_labels(run, tmp_path, write, model):
    labels, again, second = write({}, "культура"), tmp_path / "again.csv", tmp_path / "second.csv"
    result = run("doubt", NEWS, "--labels", labels, "--model", model, "-o", again)
    assert result.code == 0 and "so it repeats their labels" in result.err
    queue = sheet(again)
    assert queue.id[0] == SPORT
    queue.loc[0, "topics"] = "Спорт"
    queue.to_csv(again, sep=";", index=False)
    assert run("labels", again, "--model", model, "-o", second).code == 0
    assert read_labels([second]) == {SPORT: ["спорт"]}
    trained = tmp_path / "trained"
    result = run("train", NEWS, "--labels", labels, "--labels", second, "-o", trained)
    assert result.code == 0, result.err
    examples = json.loads((trained / "manifest.json").read_text(encoding="utf-8"))["data"]["examples"]
    assert examples == read_corpus(NEWS).counts()


def test_later_tables_amend_what_is_doubted(run, tmp_path, labels):
    (tmp_path / "second.csv").write_text(f"id,topics\n{SPORT},sport\n", encoding="utf-8")
    tables = ["--labels", labels, "--labels", tmp_path / "second.csv"]
    run("doubt", NEWS, *tables, *LOOKED_FOR, "-o", tmp_path / "again.csv")
    assert not (tmp_path / "again.csv").exists() or SPORT not in sheet(tmp_path / "again.csv").id.tolist()


@pytest.mark.parametrize(
    "name, tool", [("q.xlsx", "xlsx"), ("q.json", "label-studio"), ("q.jsonl", "doccano"), ("p.jsonl", "prodigy")]
)
def test_every_tool_gets_the_queue(run, tmp_path, labels, name, tool):
    result = run("doubt", NEWS, "--labels", labels, "--topic", "sport", "--to", tool, "-o", tmp_path / name)
    assert result.code == 0 and (tmp_path / name).stat().st_size


def test_a_queue_that_exists_may_hold_somebodys_work(run, tmp_path, labels):
    arguments = ["doubt", NEWS, "--labels", labels, "--topic", "sport", "-o", tmp_path / "q.json"]
    assert run(*arguments).code == 0
    (tmp_path / "q.json").unlink()  # the labelling configuration is still there
    refused = run(*arguments)
    assert refused.code == 2 and "q.xml" in refused.err and not (tmp_path / "q.json").exists()
    assert run(*arguments, "--force").code == 0


def test_no_input_is_overwritten(run, labels):
    before = labels.read_text()
    result = run("doubt", NEWS, "--labels", labels, "-o", labels, "--force")
    assert result.code == 2 and "one of the files that are read" in result.err and labels.read_text() == before


def test_readers_may_give_every_topic_that_the_label_had(run, tmp_path, write):
    labels = write({"спорт": "sport", "суд": "мой суд"}, "")
    result = run("doubt", NEWS, "--labels", labels, "-o", tmp_path / "q.json")
    assert result.code == 0 and "the model lacks культура, мой суд, погода, which are left out" in result.err
    configuration = (tmp_path / "q.xml").read_text(encoding="utf-8")
    assert 'alias="мой суд"' in configuration and 'alias="diplomacy"' in configuration


def test_labels_without_a_doubt_give_no_queue(run, tmp_path, labels):
    labels.write_text("id,topics\n" + f"{SPORT},sport\n", encoding="utf-8")
    result = run("doubt", NEWS, "--labels", labels, "--topic", "sport", "-o", tmp_path / "q.csv")
    assert result.code == 1 and not (tmp_path / "q.csv").exists()
    assert "nothing to read again: the model disagrees with none of 1 label of 1 topic" in result.err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--topic", "Спорт"], "did you mean 'sport'"),
        (["-n", "0"], "0 is not in the range"),
        (["--to", "excel"], "is not one of"),
        (["--id-column", "title"], "do their ids agree"),
    ],
)
def test_wrong_use_is_told(run, tmp_path, labels, arguments, advice):
    result = run("doubt", NEWS, "--labels", labels, *arguments, "-o", tmp_path / "q.csv")
    assert result.code == 2 and advice in result.err and not (tmp_path / "q.csv").exists()


def test_help_imports_nothing_heavy():
    code = (
        "import sys; sys.argv = ['news-topics', 'doubt', '--help']\n"
        "from classifier.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'pandas', 'numpy', 'sklearn'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "A model that did not see a label judges it" in out and out.endswith("[]\n")
