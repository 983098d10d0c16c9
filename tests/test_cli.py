import io
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from classifier.cli import cli
from classifier.store import manifest
from tests.conftest import EXAMPLES

COMMAND = Path(sys.executable).with_name("news-topics")
INTERVIEW = EXAMPLES / "articles" / "interview.txt"
TEXT = "Хоккеисты выиграли матч чемпионата"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from classifier import corpus
    from classifier.train import train

    target = tmp_path_factory.mktemp("cli") / "model"
    train(corpus.read(EXAMPLES / "train.csv"), target)
    return target


def news(tmp_path, rows=3, name="news.csv"):
    pd.DataFrame([{"id": f"n{row}", "text": TEXT, "source": "outlet"} for row in range(rows)]).to_csv(
        tmp_path / name, index=False
    )
    return tmp_path / name


def test_predict_prints_a_json_line_for_each_article(run, tmp_path):
    lines = [json.loads(line) for line in run("predict", news(tmp_path)).out.splitlines()]
    assert [line["id"] for line in lines] == ["n0", "n1", "n2"]
    assert lines[0]["topics"][0]["id"] == "sport" and 0.5 < lines[0]["topics"][0]["probability"] <= 1


def test_predict_shows_people_a_table(run):
    out = run("predict", "--format", "table", EXAMPLES / "articles").out
    assert re.search(r"Военное и военно-техническое сотрудничество +defense-cooperation +0\.\d\d *\n", out)
    assert re.search(r"Дипломатия и внешняя политика +diplomacy +0\.\d\d *\n", out)


@pytest.mark.parametrize(
    "ending, read",
    [("jsonl", lambda p: pd.read_json(p, lines=True)), ("csv", pd.read_csv), ("parquet", pd.read_parquet)],
)
def test_predict_writes_the_format_of_the_ending(run, tmp_path, ending, read):
    result = run("predict", news(tmp_path), "--output", tmp_path / f"out.{ending}", "--keep", "source")
    assert result.out == "" and "3 articles tagged" in result.err
    table = read(tmp_path / f"out.{ending}")
    assert list(table.columns)[:3] == ["id", "source", "topics"] and len(table) == 3


def test_what_is_not_russian_is_marked_and_not_tagged(run, tmp_path):
    texts = [
        TEXT,
        "Министры обсудили атаку",
        "Сторони обговорили постачання озброєнь та енергетичну співпрацю",
        "🔥 2024",
        "",
    ]
    path = tmp_path / "mixed.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    result = run("predict", path)
    lines = [json.loads(line) for line in result.out.splitlines()]
    assert [line.get("note") for line in lines] == [None, None, "not Russian", "no words", "no words"]
    assert [bool(line["topics"]) for line in lines] == [True, True, False, False, False]
    assert "3 articles got no topic for want of Russian" in result.err
    assert "  not Russian\n" in run("predict", path, "--format", "table").out
    for ending, read in [("csv", pd.read_csv), ("parquet", pd.read_parquet)]:
        run("predict", path, "-o", tmp_path / f"out.{ending}")
        notes = read(tmp_path / f"out.{ending}").note
        assert notes.fillna("").tolist() == ["", "", "not Russian", "no words", "no words"]


def test_predict_with_names_and_all_probabilities(run, tmp_path):
    line = json.loads(run("predict", "--names", "iptc", "--all", news(tmp_path, 1)).out)
    assert line["topics"][0]["name"] == "medtop:15000000 sport"
    assert len(line["probabilities"]) == 45


def test_predict_with_a_least_probability(run, tmp_path):
    few, many = (
        json.loads(run("predict", "--min-probability", least, news(tmp_path, 1)).out)["topics"]
        for least in (0.9, 0.0001)
    )
    assert [topic["id"] for topic in few] == ["sport"] and len(many) > 5


@pytest.mark.parametrize("least", ["0", "1.5", "half"])
def test_a_least_probability_that_is_none_is_refused(run, least):
    assert run("predict", "--min-probability", least, "-").code == 2


def test_predict_with_another_model(run, tmp_path, model):
    (tmp_path / "a.txt").write_text("Синоптики обещают дождь, температура около пяти градусов", encoding="utf-8")
    assert (
        json.loads(run("predict", "--model", model, "--trust", tmp_path / "a.txt").out)["topics"][0]["id"] == "погода"
    )


def test_explain_prints_words_whose_weights_add_up_to_the_score(run):
    line = json.loads(run("explain", INTERVIEW, "--topic", "armed-conflict").out)
    assert [(topic["id"], topic["given"]) for topic in line["topics"]] == [
        ("diplomacy", True),
        ("defense-cooperation", True),
        ("armed-conflict", False),
    ]
    text = INTERVIEW.read_text(encoding="utf-8")
    for topic in line["topics"]:
        assert sum(word["weight"] for word in topic["words"]) + topic["intercept"] == pytest.approx(topic["score"])
        assert all(text[word["start"] : word["end"]] == word["form"] for word in topic["words"])


def test_explain_shows_people_the_verdict_and_the_words(run):
    out = run("explain", INTERVIEW, "--format", "text", "--topic", "sport").out
    assert re.search(r"Дипломатия и внешняя политика  diplomacy  given\nScore -3.* = 0\.99., which reaches", out)
    assert re.search(r"^for +посол ×3 \+\d\.\d\d, ", out, re.MULTILINE)
    assert re.search(r"Спорт  sport  not given\n", out)


def test_explain_one_article_of_a_table_as_a_page(run, tmp_path):
    result = run("explain", EXAMPLES / "train.csv", "--id", "4", "--html", tmp_path / "4.html")
    assert (result.code, result.out) == (0, "") and "explanation written to" in result.err
    html = (tmp_path / "4.html").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>") and "Жара побила рекорд" in html


def test_what_would_steer_a_terminal_is_not_printed(run, tmp_path):
    (tmp_path / "a.txt").write_text("\x1b[2J\x1b]0;owned\x07 матч \u202eчемпионата", encoding="utf-8")
    for command in ("predict", "explain"):
        out = run(command, tmp_path / "a.txt", "--format", "table" if command == "predict" else "text").out
        assert "матч" in out and not {"\x1b", "\x07", "\u202e"} & set(out)


def test_evaluate_writes_a_report(run, tmp_path, model):
    table = pd.read_csv(EXAMPLES / "train.csv").assign(outlet="Вести", day="5.12.2023")
    table.to_csv(tmp_path / "news.csv", index=False)
    columns = ["--source-column", "outlet", "--date-column", "day"]
    result = run(
        "evaluate", tmp_path / "news.csv", "--model", model, "--trust", "--html", tmp_path / "report.html", *columns
    )
    assert "report written to" in result.err and "macro" in result.out
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(said in html for said in ("46 articles", "Вести", "2023", "погода", "The most confident mistakes"))


def test_evaluate_without_matplotlib_says_what_to_install(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for module in ("report", "figures"):
        monkeypatch.delitem(sys.modules, f"classifier.{module}", raising=False)
    result = run("evaluate", EXAMPLES / "train.csv", "--html", tmp_path / "report.html")
    assert result.code == 2 and result.err == "news-topics: the report needs matplotlib: pip install matplotlib\n"


def test_topics_lists_the_words_that_speak_for_and_against_each(run):
    assert re.search(r"^sport\n +for +спорт \+\d.*\n +against ", run("topics", "--words", "3").out, re.MULTILINE)
    table = pd.read_csv(io.StringIO(run("topics", "--words", "3", "--format", "csv").out))
    assert list(table.columns) == ["topic", "lemma", "weight"] and len(table) == 45 * 6


def test_a_broken_record_is_reported_and_counted_and_does_not_stop_the_run(run, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Матч"}\n' * 6 + "oops\n" * 12 + '{"text": "Матч"}\n', encoding="utf-8")
    result = run("predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv")
    assert result.code == 0 and len(pd.read_csv(tmp_path / "out.csv")) == 7
    assert "news-topics: left out: " in result.err and "a.jsonl line 7: not JSON" in result.err
    assert result.err.count("left out: ") == 10  # the first ones
    assert "left out 12 records that could not be read; --strict stops at the first" in result.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals for Python")
def test_messages_do_not_stick_to_the_progress_bar(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Матч"}\n' * 6 + "oops\n", encoding="utf-8")
    screen, terminal = os.openpty()
    command = [COMMAND, "predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv"]
    shown = b""
    with subprocess.Popen(command, stderr=terminal, env={**os.environ, "TERM": "xterm"}):
        os.close(terminal)
        with suppress(OSError):  # as Linux says that it is over
            while part := os.read(screen, 1000):
                shown += part
    os.close(screen)
    before = re.findall(rb"(.{5})news-topics: left out:", shown, re.DOTALL)
    assert before == [b"\r\x1b[2K"]  # back to the bar's begin, and over it


def test_strict_stops_at_a_broken_record_and_leaves_no_output(run, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n' * 6 + "oops\n")
    result = run("predict", "--strict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv")
    assert result.code == 1 and result.err.startswith("news-topics: ") and "a.jsonl line 7: not JSON" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_run_without_any_readable_article_failed(run, tmp_path):
    (tmp_path / "a.jsonl").write_text("oops\n")
    result = run("predict", tmp_path / "a.jsonl", "-o", tmp_path / "out.csv")
    assert result.code == 1 and result.err.splitlines()[-1] == "news-topics: no article could be read"
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["predict", "missing.txt"], "missing.txt does not exist"),
        (["predict", "--bogus"], "'news-topics predict --help'"),
        (["frobnicate"], "'news-topics --help'"),
        (["predict", "--model", "missing", EXAMPLES / "train.csv"], "missing is no model folder"),
        (["predict", "--keep", "id", EXAMPLES / "train.csv"], "has a column of that name"),
        (
            ["predict", "--keep", "nope", EXAMPLES / "train.csv"],
            "no column 'nope' (there are: id, title, text, topics, source, date)",
        ),
        (["predict", "--encoding", "klingon", EXAMPLES / "train.csv"], "unknown encoding 'klingon'"),
        (["predict", "--from", "parquet"], "Parquet cannot be read from standard input"),
        (["predict", "-o", "missing/out.csv", EXAMPLES / "train.csv"], "there is no folder missing"),
        (["explain", EXAMPLES / "train.csv", "--topic", "sprot"], "no topic 'sprot'; did you mean 'sport'?"),
        (["explain", EXAMPLES / "train.csv", "--html", "x.html"], "--html shows one article: choose it with --id"),
        (["explain", EXAMPLES / "train.csv", "--id", "99"], "there is no article of id '99' in"),
        (["explain", INTERVIEW, "--html", "missing/x.html"], "there is no folder missing"),
        (["evaluate", EXAMPLES / "train.csv", "--html", "missing/x.html"], "there is no folder missing"),
        (["topics", "--words", "0"], "'news-topics topics --help'"),
        (["train", EXAMPLES / "train.csv"], "--output"),
        (["train", EXAMPLES / "train.csv", "-o", "m", "--min-examples", "20"], "too few examples (under 20)"),
        (["train", EXAMPLES / "train.csv", "-o", "m", "--about", "missing.md"], "cannot read missing.md"),
        (["evaluate", EXAMPLES / "train.csv", "--split", "dev"], "no article is in split 'dev' (there are: none)"),
    ],
)
def test_wrong_use_is_one_line_of_advice_and_exit_code_2(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.code == 2 and message in result.err
    assert [line for line in result.err.splitlines() if "Reading" not in line][1:] == []
    assert list(tmp_path.iterdir()) == []


def test_train_prints_the_report_and_saves_it_in_the_model(run, tmp_path):
    result = run("train", EXAMPLES / "train.csv", "-o", tmp_path / "model")
    scores = {row["topic"]: row for row in manifest(tmp_path / "model")["report"]["scores"]}
    assert re.search(rf"^micro +{scores['micro']['precision']:.3f} ", result.out, re.MULTILINE)
    assert "Cross-validating: fold 3 of 5" in result.err


def test_train_learns_word_vectors_from_what_is_not_held_out(run, tmp_path):
    table = pd.read_csv(EXAMPLES / "train.csv").assign(split=["dev" if row % 4 == 0 else "train" for row in range(46)])
    table.to_csv(tmp_path / "news.csv", index=False)
    result = run("train", tmp_path / "news.csv", "-o", tmp_path / "model", "--learn-vectors", "--min-examples", 5)
    assert "Learning word vectors from 34 articles" in result.err
    assert manifest(tmp_path / "model")["lexicon"]["texts"] == 34


@pytest.mark.parametrize(
    "format, read",
    [
        ("json", lambda out: pd.DataFrame(json.loads(out))),
        ("csv", lambda out: pd.read_csv(__import__("io").StringIO(out))),
    ],
)
def test_evaluate_prints_scores_for_machines(run, model, format, read):
    table = read(run("evaluate", EXAMPLES / "train.csv", "--model", model, "--trust", "--format", format).out)
    assert list(table.columns) == ["topic", "precision", "recall", "f1", "support", "average_precision"]
    assert table.topic.tolist() == ["культура", "погода", "спорт", "суд", "micro", "macro", "samples"]


def test_evaluate_of_one_split(run, tmp_path, model):
    table = pd.read_csv(EXAMPLES / "train.csv").assign(split=["dev", "train"] * 23)
    table.to_csv(tmp_path / "a.csv", index=False)
    scores = json.loads(
        run("evaluate", tmp_path / "a.csv", "--model", model, "--trust", "--split", "dev", "--format", "json").out
    )
    micro = next(row for row in scores if row["topic"] == "micro")
    assert micro["support"] == table[table.split == "dev"].topics.str.split(";").explode().notna().sum()


def test_topics_lists_the_taxonomy(run):
    rows = json.loads(run("topics", "--format", "json").out)
    assert len(rows) == 45
    assert rows[0] == {
        "topic": "diplomacy",
        "ru": "Дипломатия и внешняя политика",
        "en": "Diplomacy and foreign policy",
        "iptc": "medtop:20000639 diplomacy",
        "iptc-top": "medtop:11000000 politics and government",
    }


def test_info_tells_when_on_what_and_how_well(run):
    facts = manifest()
    out = run("info").out
    assert (
        facts["created"] in out
        and facts["data"]["sha256"][:16] in out
        and f"scikit-learn {facts['versions']['scikit-learn']}" in out
    )
    assert json.loads(run("info", "--format", "json").out) == facts


@pytest.mark.parametrize("command", [None, *cli.commands])
def test_help_says_what_every_option_does(run, command):
    result = run(*filter(None, [command]), "--help")
    assert result.code == 0 and result.out.startswith("Usage: news-topics")
    options = [
        option for option in (cli.commands[command] if command else cli).params if option.opts[0].startswith("-")
    ]
    assert all(option.help for option in options)


def installed(*arguments, **settings):
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, **settings)


@pytest.mark.parametrize(
    "command", [[COMMAND], [sys.executable, "-m", "classifier"]], ids=["news-topics", "python -m classifier"]
)
def test_the_installed_command_works_from_any_folder(tmp_path, command):
    ran = subprocess.run([*command, "predict"], input=TEXT, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["topics"][0]["id"] == "sport" and ran.stderr == ""


def test_help_does_not_import_what_it_does_not_need():
    code = "import sys, classifier.cli; sys.argv = ['x', '--help']\ntry: classifier.cli.main()\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"'(sklearn|numpy|scipy|pandas|pyarrow|pymorphy3|rich)'", modules)


def test_predict_does_not_import_scikit_learn():
    code = (
        "import sys, classifier.cli; sys.argv = ['x', 'predict', sys.argv[1]]\n"
        "try: classifier.cli.main()\nexcept SystemExit: print(sorted(sys.modules))"
    )
    text = EXAMPLES / "articles" / "interview.txt"
    out = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, check=True).stdout
    assert "'classifier.tagger'" in out
    assert not re.search(r"'(sklearn|pandas|rich)'", out)


def test_head_may_close_the_pipe(tmp_path):
    rows = news(tmp_path, rows=3000)
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([COMMAND, "predict", rows], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writer)
    assert ran.returncode == 0 and ran.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("command", [["predict", EXAMPLES / "train.csv"], ["topics"]], ids=["predict", "topics"])
def test_a_full_disk_is_one_line_and_exit_code_1(command):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([COMMAND, *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ran.returncode == 1 and ran.stderr == "news-topics: cannot write the output: No space left on device\n"


def test_an_interrupted_run_says_so_and_leaves_nothing(run, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("classifier.tagging.tag", interrupted)
    result = run("predict", news(tmp_path), "-o", tmp_path / "out.csv")
    assert result.code == 130 and "interrupted; no file was written" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["news.csv"]


def test_train_is_the_same_whatever_the_seed_of_hashes(tmp_path):
    models = []
    for seed in ("1", "2"):
        target = tmp_path / seed
        ran = installed("train", EXAMPLES / "train.csv", "-o", target, env={**os.environ, "PYTHONHASHSEED": seed})
        assert ran.returncode == 0, ran.stderr
        models.append((target / "model.joblib").read_bytes())
    assert models[0] == models[1]
