import io
import json
import os
import re
import subprocess
from contextlib import suppress

import pandas as pd
import pytest

from classifier.model.predictions import MODES
from tests.cli.conftest import COMMAND, TEXT
from tests.conftest import EXAMPLES


def test_a_json_line_is_printed_for_each_article(run, news):
    lines = [json.loads(line) for line in run("predict", news()).out.splitlines()]
    assert [line["id"] for line in lines] == ["n0", "n1", "n2"]
    assert lines[0]["topics"] == ["sport"] and 0.5 < lines[0]["probabilities"][0] <= 1


def test_a_table_is_shown_to_people(run):
    out = run("predict", "--format", "table", EXAMPLES / "articles").out
    assert re.search(r"Военное и военно-техническое сотрудничество +defense-cooperation +0\.\d\d *\n", out)
    assert re.search(r"Дипломатия и внешняя политика +diplomacy +0\.\d\d *\n", out)


@pytest.mark.parametrize(
    "ending, read",
    [("jsonl", lambda path: pd.read_json(path, lines=True)), ("csv", pd.read_csv), ("parquet", pd.read_parquet)],
)
def test_the_ending_of_the_output_gives_its_format(run, news, tmp_path, ending, read):
    result = run("predict", news(), "--output", tmp_path / f"out.{ending}", "--keep", "source")
    assert result.out == "" and "3 articles tagged" in result.err
    table = read(tmp_path / f"out.{ending}")
    assert list(table.columns)[:3] == ["id", "source", "topics"] and len(table) == 3


def test_standard_input_is_an_article(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert json.loads(run("predict").out)["topics"] == ["sport"]


def test_a_text_that_is_not_russian_gets_a_note_and_no_topic(run, tmp_path):
    ukrainian = "Сторони обговорили постачання озброєнь та енергетичну співпрацю"
    texts = [TEXT, "Министры обсудили атаку", ukrainian, "🔥 2024", ""]
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    result = run("predict", path)
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line["note"] for line in lines] == ["", "", "not Russian", "no words", "no words"]
    assert [bool(line["topics"]) for line in lines] == [True, True, False, False, False]
    assert "3 articles not judged; the note of each says why" in result.err
    assert "  not Russian\n" in run("predict", path, "--format", "table").out


def test_names_and_the_probabilities_of_all_topics_are_added_on_request(run, news, shipped):
    line = json.loads(run("predict", "--names", "iptc", "--all", news(1)).out)
    assert line["names"] == ["medtop:15000000 sport"]
    assert list(line)[-45:] == shipped.classes and line["sport"] == line["probabilities"][0]


def test_a_mode_gives_fewer_or_more_topics(run):
    articles = EXAMPLES / "train.csv"
    given = {mode: topics_of(run("predict", "--mode", mode, articles)) for mode in MODES}
    topics, plain = {mode: set(pairs) for mode, pairs in given.items()}, topics_of(run("predict", articles))
    assert topics["sure"] < topics["balanced"] < topics["complete"] and given["balanced"] == plain


def topics_of(result):
    """Return pairs of id and topic from JSON lines."""
    lines = map(json.loads, result.out.splitlines())
    return [(line["id"], topic) for line in lines for topic in line["topics"]]


def test_a_mode_and_a_least_probability_are_not_taken_together(run, news):
    result = run("predict", "--mode", "sure", "--min-probability", 0.5, news(1))
    assert result.code == 2 and "take one" in result.err


def test_a_least_probability_replaces_the_thresholds(run, news):
    few, many = (json.loads(run("predict", "--min-probability", p, news(1)).out)["topics"] for p in (0.9, 0.0001))
    assert few == ["sport"] and len(many) > 5


@pytest.mark.parametrize("probability", ["0", "1.5", "half"])
def test_a_least_probability_that_is_not_one_is_refused(run, probability):
    assert run("predict", "--min-probability", probability, "-").code == 2


def test_another_model_gives_its_own_topics(run, tmp_path, model):
    (tmp_path / "a.txt").write_text("Синоптики обещают дождь, температура около пяти градусов", encoding="utf-8")
    assert json.loads(run("predict", "--model", model, tmp_path / "a.txt").out)["topics"] == ["погода"]


@pytest.mark.parametrize("output", [[], ["-o", "out.csv"], ["-o", "out.parquet"]], ids=["stdout", "csv", "parquet"])
@pytest.mark.parametrize(
    "name, options",
    [("id", []), ("topics", []), ("probabilities", []), ("names", []), ("note", []), ("sport", ["--all"])],
)
def test_a_kept_column_with_the_name_of_another_is_refused_before_anything_is_written(
    run, tmp_path, monkeypatch, name, options, output
):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame([{"text": TEXT, name: "x"}]).to_parquet("news.parquet")
    result = run("predict", "news.parquet", "--keep", name, *options, *output)
    message = f"news-topics: cannot keep column '{name}': the answer has a column of that name already\n"
    assert (result.code, result.out, result.err) == (2, "", message)
    assert [path.name for path in tmp_path.iterdir()] == ["news.parquet"]


def test_a_column_named_like_a_topic_can_be_kept_without_all(run, tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": TEXT, "sport": "да"}))
    assert json.loads(run("predict", tmp_path / "a.jsonl", "--keep", "sport").out)["sport"] == "да"


def test_a_broken_record_is_reported_and_counted_and_does_not_stop_the_run(run, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Матч"}\n' * 6 + "oops\n" * 12 + '{"text": "Матч"}\n', encoding="utf-8")
    result = run("predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv")
    assert result.code == 0 and len(pd.read_csv(tmp_path / "out.csv")) == 7
    assert "news-topics: left out: " in result.err and "a.jsonl line 7: not JSON" in result.err
    assert result.err.count("left out: ") == 10  # only the first ones
    assert "left out 12 records that could not be read" in result.err


def test_strict_stops_at_a_broken_record_and_leaves_no_output(run, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 6 + "oops\n")
    result = run("predict", "--strict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv")
    assert result.code == 1 and result.err.startswith("news-topics: ") and "a.jsonl line 7: not JSON" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_run_without_any_readable_article_has_failed(run, tmp_path):
    (tmp_path / "a.jsonl").write_text("oops\n")
    result = run("predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv")
    assert result.code == 1 and result.err.splitlines()[-1] == "news-topics: no article could be read"
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_an_interrupted_run_says_so_and_leaves_nothing(run, news, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("classifier.tagging.batches.tag_articles", interrupted)
    result = run("predict", news(), "-o", tmp_path / "out.csv")
    assert result.code == 130 and "news-topics: interrupted" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["news.csv"]


def test_control_characters_of_a_text_are_not_printed(run, tmp_path):
    (tmp_path / "a.txt").write_text("\x1b[2J\x1b]0;owned\x07 матч \u202eчемпионата", encoding="utf-8")
    out = run("predict", tmp_path / "a.txt", "--format", "table").out
    assert "матч" in out and not {"\x1b", "\x07", "\u202e"} & set(out)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals for Python")
def test_a_message_erases_the_progress_bar_first(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Матч"}\n' * 6 + "oops\n", encoding="utf-8")
    screen, terminal = os.openpty()
    command = [COMMAND, "predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv"]
    shown = b""
    with subprocess.Popen(command, stderr=terminal, env={**os.environ, "TERM": "xterm"}):
        os.close(terminal)
        with suppress(OSError):  # on Linux, this is how the end is signalled
            while part := os.read(screen, 1000):
                shown += part
    os.close(screen)
    before = re.findall(rb"(.{5})news-topics: left out:", shown, re.DOTALL)
    assert before == [b"\r\x1b[2K"]  # to the start of the line, and erase it


def test_an_input_is_not_replaced_by_the_output(run, news):
    path = news()
    before = path.read_bytes()
    for arguments in (["predict", path, "-o", path], ["predict", path, "-o", path, "--force"],
                      ["explain", path, "--id", "n1", "--html", path], ["evaluate", path, "--html", path]):  # fmt: skip
        result = run(*arguments)
        assert result.code == 2 and "is one of the files that are read" in result.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_only_answers_are_replaced_without_force(run, news, tmp_path, ending):
    output = tmp_path / f"out.{ending}"
    output.write_text("notes of mine")
    result = run("predict", news(), "-o", output)
    assert result.code == 2 and "news-topics did not write it" in result.err and output.read_text() == "notes of mine"
    for options in (["--force"], ["--all"], ["--keep", "source", "--names", "ru"]):
        result = run("predict", news(), "-o", output, *options)
        assert result.code == 0 and f"3 articles tagged in {output}, which replaces an earlier file" in result.err


def test_a_page_is_replaced_only_by_another_page(run, tmp_path):
    article, page = EXAMPLES / "articles" / "kanal.txt", tmp_path / "page.html"
    page.write_text("<html>mine</html>")
    assert run("explain", article, "--html", page).code == 2 and page.read_text() == "<html>mine</html>"
    assert run("explain", article, "--html", page, "--force").code == 0
    assert run("explain", article, "--html", page).code == 0


def test_an_output_in_a_folder_that_is_read_is_refused(run, news, tmp_path):
    news()
    result = run("predict", tmp_path, "-o", tmp_path / "out.csv")
    assert result.code == 2 and "lies in" in result.err and "name a file elsewhere" in result.err


def test_a_device_is_written_to(run, news):
    result = run("predict", news(), "-o", "/dev/null", "--format", "csv")
    assert result.code == 0 and "3 articles tagged in /dev/null" in result.err
