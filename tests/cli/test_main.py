"""The command as a whole: help, errors, exit codes, and what the installed program does."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from classifier.cli.main import cli
from classifier.errors import interruption_code
from tests.cli.conftest import COMMAND, TEXT
from tests.conftest import EXAMPLES

INTERVIEW = EXAMPLES / "articles" / "interview.txt"
TRAIN = EXAMPLES / "train.csv"


@pytest.mark.parametrize("command", [None, *cli.commands])
def test_help_says_what_every_option_does(run, command):
    result = run(*filter(None, [command]), "--help")
    assert result.code == 0 and result.out.startswith("Usage: news-topics")
    parameters = (cli.commands[command] if command else cli).params
    assert all(option.help for option in parameters if option.opts[0].startswith("-"))


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["predict", "missing.txt"], "missing.txt does not exist"),
        (["predict", "--bogus"], "'news-topics predict --help'"),
        (["frobnicate"], "'news-topics --help'"),
        (["predict", "--model", "missing", TRAIN], "missing is not a model folder"),
        (["predict", "--keep", "nope", TRAIN], "no column 'nope' (there are: id, title, text, topics, source, date)"),
        (["predict", "--encoding", "klingon", TRAIN], "unknown encoding 'klingon'"),
        (["predict", "--from", "parquet"], "Parquet cannot be read from standard input"),
        (["predict", "-o", "missing/out.csv", TRAIN], "there is no folder missing"),
        (["explain", TRAIN, "--topic", "sprot"], "no topic 'sprot'; did you mean 'sport'?"),
        (["explain", TRAIN, "--html", "x.html"], "--html shows one article: choose it with --id"),
        (["explain", TRAIN, "--id", "99"], "there is no article of id '99' in"),
        (["explain", INTERVIEW, "--html", "missing/x.html"], "there is no folder missing"),
        (["evaluate", TRAIN, "--html", "missing/x.html"], "there is no folder missing"),
        (["evaluate", TRAIN, "--split", "dev"], "no article is in split 'dev' (there are: none)"),
        (["topics", "--words", "0"], "'news-topics topics --help'"),
        (["train", TRAIN], "--output"),
        (["train", TRAIN, "-o", "m", "--min-examples", "20"], "too few examples (under 20)"),
        (["train", TRAIN, "-o", "m", "--about", "missing.md"], "cannot read missing.md"),
    ],
)
def test_wrong_use_is_one_line_of_advice_and_exit_code_2(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    lines = [line for line in result.err.splitlines() if "Reading" not in line]
    assert result.code == 2 and len(lines) == 1 and message in lines[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["predict", "explain", "evaluate", "labels", "topics", "info"])
def test_models_are_safe_so_there_is_no_option_to_trust_them(run, command):
    result = run(command, "--trust")
    assert result.code == 2 and "No such option" in result.err and "--trust" in result.err
    assert result.err.endswith(f"(see 'news-topics {command} --help')\n")


def test_there_is_one_format_of_models_so_there_is_no_export(run):
    result = run("export", "model")
    assert result.code == 2 and "No such command 'export'" in result.err
    assert result.err.endswith("(see 'news-topics --help')\n")


@pytest.mark.parametrize(
    "command", [[COMMAND], [sys.executable, "-m", "classifier"]], ids=["news-topics", "python -m classifier"]
)
def test_the_installed_command_works_from_any_folder(tmp_path, command):
    result = subprocess.run([*command, "predict"], input=TEXT, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)["topics"] == ["sport"] and result.stderr == ""


@pytest.mark.parametrize(
    "arguments, imported, not_imported",
    [
        (["--help"], "classifier.cli", "sklearn|numpy|scipy|pandas|pyarrow|pymorphy3|rich"),
        (["predict", INTERVIEW], "classifier.model.predictor", "sklearn|scipy|pandas|pyarrow|joblib|pymorphy3|rich"),
    ],
    ids=["help", "predict"],
)
def test_a_command_imports_only_what_it_needs(arguments, imported, not_imported):
    code = (
        "import sys, classifier.cli\ntry: classifier.cli.main()\n"
        "except SystemExit: print(sorted(sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *map(str, arguments)]
    modules = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert f"'{imported}'" in modules and not re.search(rf"'({not_imported})'", modules)


def test_the_reader_of_a_pipe_may_stop(news):
    rows = news(3000)
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run([COMMAND, "predict", rows], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writer)
    assert result.returncode == 0 and result.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("command", [["predict", TRAIN], ["topics"]], ids=["predict", "topics"])
def test_a_full_disk_is_one_line_and_exit_code_1(command):
    with Path("/dev/full").open("w") as full:
        result = subprocess.run([COMMAND, *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr == "news-topics: cannot write the output: No space left on device\n"


def shell(line, folder):
    """Run a line of shell in which ``news-topics`` is the installed command."""
    command = ["bash", "-c", f'news-topics() {{ {COMMAND} "$@"; }}; {line}']
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "line, code, message",
    [
        ("news-topics predict a.txt >&-", 1, "cannot write the output"),
        ("news-topics predict a.txt -o out.jsonl <&- >&- 2>&-", 0, ""),
        ("news-topics predict missing.txt 2>&-", 2, ""),
        ("news-topics predict <&-", 2, "standard input is empty"),
        ("news-topics topics | true", 0, ""),
        ("news-topics predict a.txt a.txt a.txt --format table | true", 0, ""),
    ],
)
def test_closed_streams_and_pipes_are_no_reason_for_a_traceback(tmp_path, line, code, message):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    result = shell(line, tmp_path)
    assert result.returncode == code and message in result.stderr and result.stderr.count("\n") <= 1
    if "out.jsonl" in line:
        assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["topics"] == ["sport"]


@pytest.mark.parametrize("command", ["predict a.txt --names ru", "predict a.txt --format table", "topics"])
@pytest.mark.parametrize("encoding", ["ascii", "cp1251"])
def test_what_is_printed_is_utf8_whatever_the_locale(tmp_path, command, encoding):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    result = shell(f"PYTHONIOENCODING={encoding} news-topics {command}", tmp_path)
    assert result.returncode == 0 and "Спорт" in result.stdout


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_asks_for_the_end_is_heeded_and_leaves_nothing(tmp_path, stop):
    command = [COMMAND, "predict", "-", "-o", str(tmp_path / "out.jsonl")]
    heed = partial(signal.signal, stop, signal.SIG_DFL)  # `nohup` makes all that it starts ignore SIGHUP
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed
    ) as process:
        while not list(tmp_path.glob(".*/run.json")):  # it waits for its input
            time.sleep(0.01)
        process.send_signal(stop)
        assert process.wait(30) == 128 + stop
        assert process.stderr.read().strip() == "news-topics: interrupted"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_while_a_finalizer_runs_is_heeded(stop):
    program = f"""
import signal, sys, time
import classifier.cli
from classifier.__main__ import main

class Finalized:
    def __del__(self):
        signal.raise_signal({stop:d})

def run():
    Finalized()
    time.sleep(30)
    sys.exit("slept on")

classifier.cli.main = run
main()
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=25)
    assert (result.returncode, result.stderr) == (128 + stop, "news-topics: interrupted\n")


def test_answers_are_appended_where_the_shell_appends(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    one = "news-topics predict a.txt --format jsonl -o"
    result = shell(f"(echo first; {one} /dev/stdout; {one} -; {one} /dev/fd/1; echo last) > out.jsonl", tmp_path)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert result.returncode == 0 and [lines[0], lines[-1]] == ["first", "last"]
    assert [json.loads(line)["topics"] for line in lines[1:-1]] == [["sport"]] * 3


def test_the_exit_code_tells_the_signal_although_a_codec_has_wrapped_it():
    wrapped = KeyboardInterrupt("encoding with 'cp1251' codec failed (KeyboardInterrupt: 15)")
    wrapped.__cause__ = KeyboardInterrupt(15)
    assert [interruption_code(each) for each in (wrapped, KeyboardInterrupt(1), KeyboardInterrupt())] == [143, 129, 130]
