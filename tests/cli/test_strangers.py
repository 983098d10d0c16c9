"""A model may come from a stranger: what its topics are called does no harm to those who look at it."""

import json

import pytest

from tests.conftest import EXAMPLES

NAMES = {
    "культура": "[/x]",
    "погода": "[bold]дождь",
    "спорт": r"$\frac$ и US$",
    "суд": "\x1b[2J\x1b[31mowned\x07\u202eсуд\nснег",
}
SHOWN = ["[/x]", "[bold]дождь", r"$\frac$ и US$", "суд"]
CONTROL = {"\x1b", "\x07", "\u202e"}  # characters that control a terminal


@pytest.fixture(scope="module")
def stranger(train_folder):
    return train_folder(NAMES)


@pytest.fixture
def labelled(tmp_path, small):
    """The example table with the topics of the stranger's model."""
    rows = zip(small.ids, small.texts, small.topics, strict=True)
    lines = [{"id": i, "text": text, "topics": [NAMES[topic] for topic in topics]} for i, text, topics in rows]
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        ["predict", EXAMPLES / "articles", "--format", "table", "--all"],
        ["predict", EXAMPLES / "articles", "--format", "table", "--all", "--names", "iptc"],
        ["explain", EXAMPLES / "articles", "--format", "text", *(f"--topic={name}" for name in NAMES.values())],
        ["topics"],
        ["topics", "--definitions"],
        ["topics", "--words", "3"],
        ["evaluate", "LABELLED"],
    ],
    ids=["predict", "names", "explain", "topics", "definitions", "words", "evaluate"],
)
def test_names_are_shown_as_they_are_and_do_not_control_the_terminal(run, stranger, labelled, command):
    result = run(*(labelled if part == "LABELLED" else part for part in command), "--model", stranger)
    assert result.code == 0, result.err
    assert [name for name in SHOWN if name not in result.out] == []
    assert not CONTROL & set(result.out + result.err)


def test_info_shows_nothing_that_controls_the_terminal(run, stranger, tmp_path):
    manifest = json.loads((stranger / "manifest.json").read_text(encoding="utf-8"))
    manifest["created"] = NAMES["суд"]
    manifest["report"]["measure"] = " ".join(NAMES.values())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = run("info", "--model", tmp_path)
    assert result.code == 0 and [name for name in SHOWN if name not in result.out] == []
    assert not CONTROL & set(result.out + result.err)


def test_programs_get_the_names_unchanged(run, stranger):
    out = run("predict", EXAMPLES / "articles" / "kanal.txt", "--model", stranger, "--format", "jsonl").out
    assert json.loads(out)["topics"] == [NAMES["спорт"]]


def test_an_explanation_and_a_report_show_the_names_too(run, stranger, labelled, tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install '.[report]'")
    page, report = tmp_path / "page.html", tmp_path / "report.html"
    article = EXAMPLES / "articles" / "kanal.txt"
    topics = [f"--topic={name}" for name in NAMES.values()]
    assert run("explain", article, "--model", stranger, "--html", page, *topics).code == 0
    result = run("evaluate", labelled, "--model", stranger, "--html", report)
    assert result.code == 0, result.err
    for html in (page.read_text(encoding="utf-8"), report.read_text(encoding="utf-8")):
        assert [name for name in SHOWN if name not in html] == []
        assert not CONTROL & set(html)


@pytest.mark.filterwarnings("always:ignored labels")
def test_messages_show_names_on_one_line(run, labelled, model):
    result = run("evaluate", labelled, "--model", model)
    ignored, refused = result.err.splitlines()
    assert ignored.startswith("news-topics: ignored labels") and "[bold]дождь" in ignored
    assert result.code == 2 and "no article has a topic that the model knows" in refused
    assert not CONTROL & set(result.err)
