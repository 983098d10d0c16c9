import json

import pandas as pd
import pytest

from classifier.annotation.tasks import Task
from classifier.data.articles import Article
from tests.conftest import EXAMPLES

NEWS = EXAMPLES / "train.csv"


def sheet(path):
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)


def test_articles_to_read_are_written_and_counted(run, tmp_path):
    result = run("queue", NEWS, "-n", "8", "-o", tmp_path / "queue.csv")
    assert result.code == 0
    assert result.err.endswith(
        f"8 articles to read: 2 at random, 6 near a threshold; written to {tmp_path / 'queue.csv'}\n"
    )
    assert sheet(tmp_path / "queue.csv").chosen.value_counts().to_dict() == {"uncertain": 6, "random": 2}


def test_what_was_read_is_not_chosen_again(run, tmp_path):
    run("queue", NEWS, "-n", "40", "--random", "-o", tmp_path / "one.csv")
    first = sheet(tmp_path / "one.csv")
    first[["id", "topics"]].to_csv(tmp_path / "labels.csv", index=False)
    result = run("queue", NEWS, "--labels", tmp_path / "labels.csv", "-o", tmp_path / "two.csv")
    assert "6 articles to read instead of 200" in result.err
    assert not set(sheet(tmp_path / "two.csv").id) & set(first.id)


def test_a_queue_that_exists_may_hold_somebodys_work(run, tmp_path):
    assert run("queue", NEWS, "-o", tmp_path / "q.json").code == 0
    again = run("queue", NEWS, "-o", tmp_path / "q.json")
    assert again.code == 2 and "--force" in again.err
    assert run("queue", NEWS, "-o", tmp_path / "q.json", "--force").code == 0
    (tmp_path / "q.json").unlink()  # the labelling configuration is still there
    assert run("queue", NEWS, "-o", tmp_path / "q.json").code == 2


def test_a_new_topic_is_looked_for_by_phrases_and_readers_may_give_it(run, tmp_path):
    result = run("queue", NEWS, "--topic", "суды", "--phrase", "суд", "-o", tmp_path / "q.json")
    assert result.code == 0 and "with a phrase" in result.err
    tasks = json.loads((tmp_path / "q.json").read_text(encoding="utf-8"))
    assert {task["data"]["topic"] for task in tasks if task["data"]["chosen"] == "phrase"} == {"суды"}
    assert "суды" in (tmp_path / "q.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--topic", "Спорт"], "the name of topic 'sport'"),
        (["--phrase", "и на"], "has only numbers and words like"),
        (["--random", "--topic", "sport"], "leave out --topic"),
        (["--given", "sport", "--phrase", "матч"], "leave out --topic"),
        (["--given", "Спорт"], "did you mean 'sport'"),
        (["--topic", "метро"], "for a new one, say by --phrase"),
        (["-n", "0"], "0 is not in the range"),
    ],
)
def test_wrong_use_is_told(run, tmp_path, arguments, advice):
    result = run("queue", NEWS, *arguments, "-o", tmp_path / "q.csv")
    assert result.code == 2 and advice in result.err and not (tmp_path / "q.csv").exists()


def test_a_phrase_that_no_article_has_is_told(run, tmp_path):
    result = run("queue", NEWS, "--phrase", "абракадабра", "-o", tmp_path / "q.csv")
    assert result.code == 0 and "0 articles with a phrase of --phrase, and no more" in result.err


def test_articles_that_get_a_topic_are_read_to_check_it(run, tmp_path):
    result = run("queue", NEWS, "-n", "3", "--given", "sport", "-o", tmp_path / "q.csv")
    assert "3 articles to read: 3 that get the topic" in result.err
    assert set(sheet(tmp_path / "q.csv").topic) == {"sport"}


def test_an_archive_of_which_all_is_read_gives_no_queue(run, tmp_path):
    news = pd.read_csv(NEWS).assign(topics="")
    news[["id", "topics"]].to_csv(tmp_path / "labels.csv", index=False)
    result = run("queue", NEWS, "--labels", tmp_path / "labels.csv", "-o", tmp_path / "q.csv")
    assert result.code == 1 and "no article to read" in result.err


@pytest.mark.parametrize("tool", ["label-studio", "doccano", "xlsx"])
def test_a_device_cannot_be_filled_in(run, tool):
    result = run("queue", NEWS, "--to", tool, "-o", "/dev/stdout")
    assert result.code == 2 and "name a file, which readers can fill in" in result.err


def test_a_file_that_appears_while_articles_are_chosen_is_kept(run, tmp_path, monkeypatch):
    def made_by_somebody(*_, **__):
        (tmp_path / "q.csv").write_text("filled in")
        return [Task(Article("1", "Матч", {}, ""), {}, "random", "")]

    monkeypatch.setattr("classifier.annotation.queue.choose_tasks", made_by_somebody)
    result = run("queue", NEWS, "-o", tmp_path / "q.csv")
    assert result.code == 2 and (tmp_path / "q.csv").read_text() == "filled in"
