import io
import json
import sys

import pandas as pd
import pytest

from tests.conftest import EXAMPLES


@pytest.fixture
def table(tmp_path):
    """Write the example table, with texts that no model was trained on and more columns, and return its path."""

    def write(**columns):
        example = pd.read_csv(EXAMPLES / "train.csv")
        example.assign(**{"text": example.text + " сегодня", **columns}).to_csv(tmp_path / "news.csv", index=False)
        return tmp_path / "news.csv"

    return write


@pytest.mark.parametrize(
    "format, read",
    [("json", lambda out: pd.DataFrame(json.loads(out))), ("csv", lambda out: pd.read_csv(io.StringIO(out)))],
)
def test_scores_are_printed_for_programs(run, model, format, read):
    table = read(run("evaluate", EXAMPLES / "train.csv", "--model", model, "--format", format).out)
    assert list(table.columns) == ["topic", "precision", "recall", "f1", "support", "average_precision"]
    assert table.topic.tolist() == ["культура", "погода", "спорт", "суд", "micro", "macro", "samples"]


def test_one_split_can_be_scored(run, table, model):
    out = run(
        "evaluate", table(split=["dev", "train"] * 23), "--model", model, "--split", "dev", "--format", "json"
    ).out
    micro = next(row for row in json.loads(out) if row["topic"] == "micro")
    assert micro["support"] == pd.read_csv(EXAMPLES / "train.csv")[::2].topics.str.split(";").explode().notna().sum()


def test_articles_that_the_model_was_trained_on_are_left_out_and_told(run, table, tmp_path, model):
    example = pd.read_csv(EXAMPLES / "train.csv")
    result = run("evaluate", table(text=example.text), "--model", model, "--format", "json")
    assert "34 of 46 articles were used in training and are left out (micro-F1 on them: " in result.err
    example[::4].to_csv(tmp_path / "new.csv", index=False)
    alone = run("evaluate", tmp_path / "new.csv", "--model", model, "--format", "json")
    assert result.out == alone.out and "used in training" not in alone.err


def with_copies(table):
    """Write the example table with `table`, and return it: the first article of its dev split repeats one of training."""
    example = pd.read_csv(EXAMPLES / "train.csv")
    words = [" ".join(f"слово{row}буква{place}" for place in range(30)) for row in range(46)]
    words[0] = words[1].replace("буква29", "буква30")
    texts = example.text + " " + words
    texts[0] = texts[1][: texts[1].index(" слово")] + " " + words[0]
    titles = example.title.mask(example.index == 0, example.title[1])
    return table(text=texts, title=titles, split=["train" if row % 4 else "dev" for row in range(46)])


def test_near_copies_of_articles_of_training_are_left_out_and_told(run, table, tmp_path):
    pytest.importorskip("rensa", reason="rensa is not installed: pip install '.[duplicates]'")
    news = with_copies(table)
    trained = run("train", news, "-o", tmp_path / "model", "--min-examples", 5)
    assert "repeat articles of training, and are not scored: 1" in trained.err
    result = run("evaluate", news, "--model", tmp_path / "model", "--split", "dev")
    assert "1 of 12 articles nearly repeat articles of training and are left out (micro-F1 on them: " in result.err
    assert "the scores are for the other 11." in result.err
    everything = run("evaluate", news, "--model", tmp_path / "model")
    assert "34 of 46 articles were used in training and 1 of 46 articles nearly repeat" in everything.err
    assert everything.out == result.out


def test_without_rensa_only_copies_word_for_word_are_left_out_and_that_is_told(run, table, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rensa", None)
    news = with_copies(table)
    assert run("train", news, "-o", tmp_path / "model", "--min-examples", 5).code == 0
    result = run("evaluate", news, "--model", tmp_path / "model", "--split", "dev")
    assert result.code == 0 and "nearly repeat" not in result.err
    assert "near copies are not: that needs rensa (pip install 'news-topics[duplicates]')" in result.err


def test_a_broken_record_is_left_out_and_told(run, tmp_path, model):
    (tmp_path / "news.csv").write_text("text,topics\nМатч,спорт\nx,y,z\n", encoding="utf-8")
    result = run("evaluate", tmp_path / "news.csv", "--model", model)
    assert result.code == 0 and "left out: " in result.err and "line 3" in result.err


def test_a_model_that_was_trained_on_everything_says_that_its_scores_mean_nothing(run, tmp_path, model):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    example = pd.read_csv(EXAMPLES / "train.csv")
    example[[row % 4 != 0 for row in range(46)]].assign(text=lambda table: table.text.str.upper() + "!").to_csv(
        tmp_path / "seen.csv", index=False
    )
    result = run(
        "evaluate", tmp_path / "seen.csv", "--model", model, "--html", tmp_path / "report.html", "--lang", "en"
    )
    said = "The model was trained on all of these articles: the scores say nothing about new ones."
    assert said in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        result.code == 0
        and "The model was trained on all of these articles: the scores say nothing about new ones" in result.err
    )


def test_a_report_is_written(run, table, tmp_path, model):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    options = ["--html", tmp_path / "report.html", "--source-column", "outlet", "--date-column", "day", "--lang", "en"]
    result = run("evaluate", table(outlet="Вести", day="5.12.2023"), "--model", model, *options)
    assert "report written to" in result.err and "macro" in result.out
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(part in html for part in ("46 articles", "Вести", "2023", "погода", "The most confident mistakes"))
    assert '<html lang="en">' in html


def test_a_report_speaks_the_language_asked_for(run, table, tmp_path, model):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    run("evaluate", table(), "--model", model, "--html", tmp_path / "report.html", "--lang", "ru")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Самые уверенные ошибки" in html and '<html lang="ru">' in html


def test_without_matplotlib_a_report_is_refused_with_advice(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for module in ("report", "figures"):
        monkeypatch.delitem(sys.modules, f"classifier.evaluation.{module}", raising=False)
    result = run("evaluate", EXAMPLES / "train.csv", "--html", tmp_path / "report.html")
    assert result.code == 2 and result.err == "news-topics: the report needs matplotlib: pip install matplotlib\n"


def test_a_model_of_a_single_topic_can_be_trained_and_scored(run, table, tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    sport = pd.read_csv(EXAMPLES / "train.csv").topics.where(lambda topics: topics == "спорт")
    news = table(topics=sport, split=["dev", "train", "train", "train"] * 11 + ["dev", "train"])
    assert run("train", news, "-o", tmp_path / "model", "--min-examples", 5).code == 0
    result = run("evaluate", news, "--model", tmp_path / "model", "--html", tmp_path / "report.html")
    assert result.code == 0
    assert [line.split()[0] for line in result.out.splitlines()] == ["topic", "спорт", "micro", "macro", "samples"]
    assert "спорт" in (tmp_path / "report.html").read_text(encoding="utf-8")
