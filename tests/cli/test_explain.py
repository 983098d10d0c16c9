import json
import re

import pytest

from tests.conftest import EXAMPLES

INTERVIEW = EXAMPLES / "articles" / "interview.txt"


def test_the_weights_of_the_words_add_up_to_the_score(run):
    line = json.loads(run("explain", INTERVIEW, "--topic", "armed-conflict").out)
    verdicts = [(topic["id"], topic["given"]) for topic in line["topics"]]
    assert verdicts[:2] == [("diplomacy", True), ("defense-cooperation", True)]
    assert verdicts[-1] == ("armed-conflict", False)
    text = INTERVIEW.read_text(encoding="utf-8")
    for topic in line["topics"]:
        assert sum(word["weight"] for word in topic["words"]) + topic["intercept"] == pytest.approx(topic["score"])
        assert all(text[word["start"] : word["end"]] == word["form"] for word in topic["words"])


def test_people_see_the_verdict_and_the_words(run):
    out = run("explain", INTERVIEW, "--format", "text", "--topic", "sport").out
    assert re.search(r"Дипломатия и внешняя политика  diplomacy  given\nScore \d.* of 0\.9\d\d,\s+which reaches", out)
    assert re.search(r"^for +посол ×3 \+\d\.\d\d, ", out, re.MULTILINE)
    assert re.search(r"Спорт  sport  not given\nScore -\d.*,\s+which is below", out)


def test_one_article_of_a_table_becomes_a_page(run, tmp_path):
    result = run("explain", EXAMPLES / "train.csv", "--id", "4", "--html", tmp_path / "4.html")
    assert (result.code, result.out) == (0, "") and "explanation written to" in result.err
    html = (tmp_path / "4.html").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>") and "Жара побила рекорд" in html


@pytest.mark.parametrize(("language", "heading"), [("ru", "Темы"), ("en", "Topics")])
def test_the_page_speaks_the_language_asked_for(run, tmp_path, language, heading):
    run("explain", INTERVIEW, "--html", tmp_path / "a.html", "--lang", language)
    html = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert f"<legend>{heading}</legend>" in html and f'<html lang="{language}">' in html


def test_control_characters_of_a_text_are_not_printed(run, tmp_path):
    (tmp_path / "a.txt").write_text("\x1b[2J\x1b]0;owned\x07 матч \u202eчемпионата", encoding="utf-8")
    out = run("explain", tmp_path / "a.txt", "--format", "text").out
    assert "матч" in out and not {"\x1b", "\x07", "\u202e"} & set(out)


def test_the_mode_is_that_of_predict(run, tmp_path):
    text = tmp_path / "a.txt"
    text.write_text("Минобороны закупит танки\nКонтракт рассчитан на три года.")
    for mode in ("sure", "balanced", "complete"):
        given = json.loads(run("predict", "--mode", mode, text).out)["topics"]
        explained = json.loads(run("explain", "--mode", mode, text).out)["topics"]
        assert [topic["id"] for topic in explained if topic["given"]] == given
