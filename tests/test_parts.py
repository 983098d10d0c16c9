"""Long runs: what an interruption leaves behind, and that a resumed run gives what an undisturbed one does."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from classifier import parts
from classifier.articles import BATCH

TEXTS = [
    "Хоккеисты выиграли матч",
    "Министр прибыл с визитом в Дели",
    "Суд вынес приговор",
    "В город придёт метель",
    "",
]
SMALL = "import sys; from classifier import cli, parts; parts.BATCHES = 1; sys.argv[0] = 'news-topics'; cli.main()"


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """A table of so many articles that they are 25 parts of one batch."""
    path = tmp_path_factory.mktemp("long") / "news.csv"
    rows = [{"id": number, "text": f"{TEXTS[number % 5]} {number}", "n": number} for number in range(25 * BATCH - 500)]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def command(*arguments, **options):
    """The command, with parts of one batch, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", SMALL, *map(str, arguments)], stderr=subprocess.PIPE, encoding="utf-8", **options
    )


def finished(*arguments):
    process = command(*arguments)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return err


def whole_parts(output):
    return len(list((output.parent / f".{output.name}.parts").glob("[0-9]*")))


def interrupted(process, output, after, how):
    """End a process some time after so many parts are whole, unless it has ended; its exit code."""
    while process.poll() is None and whole_parts(output) < after:
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.03))
    process.send_signal(how)
    process.communicate(timeout=120)
    return process.returncode


def test_a_run_killed_at_ten_random_moments_gives_what_an_undisturbed_one_does(news, tmp_path):
    random.seed(time.time_ns())
    output, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    finished("predict", news, "-o", whole, "--keep", "n")
    for _ in range(10):
        process = command("predict", news, "-o", output, "--keep", "n", "--resume")
        code = interrupted(process, output, whole_parts(output) + random.choice([0, 1]), signal.SIGKILL)
        assert code == -signal.SIGKILL and not output.exists()
    err = finished("predict", news, "-o", output, "--keep", "n", "--resume")
    assert "going on after" in err and "24,500 articles tagged" in err
    assert output.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "whole.jsonl"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_tables_are_joined_too(news, tmp_path, ending):
    output, whole = tmp_path / f"out.{ending}", tmp_path / f"whole.{ending}"
    finished("predict", news, "-o", whole, "--all")
    interrupted(command("predict", news, "-o", output, "--all"), output, 3, signal.SIGKILL)
    finished("predict", news, "-o", output, "--all", "--resume")
    assert output.read_bytes() == whole.read_bytes()
    assert len({"csv": pd.read_csv, "parquet": pd.read_parquet}[ending](output)) == 24_500


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_soon_with_a_sentence_and_keeps_what_is_done(news, tmp_path, jobs):
    output = tmp_path / "out.jsonl"
    process = command("predict", news, "-o", output, "--jobs", jobs, start_new_session=True)
    while whole_parts(output) < 2:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers as well
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    safe, last = filter(None, err.splitlines())  # click ends the line of ^C
    assert safe.endswith("articles are safe: the same command with --resume goes on from there")
    assert last == "news-topics: interrupted; no file was written" and not output.exists()
    assert f"the answers to {whole_parts(output) * BATCH:,} articles" in safe and whole_parts(output) >= 2


def test_a_process_that_is_killed_fails_the_run_and_keeps_what_is_done(news, tmp_path):
    output = tmp_path / "out.jsonl"
    process = command("predict", news, "-o", output, "--jobs", 2)
    while whole_parts(output) < 2:
        time.sleep(0.002)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = [child for child in children if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()]
    os.kill(int(workers[0]), signal.SIGKILL)  # as the system does when memory is short
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "a process ended before its work was done" in err and "--resume goes on" in err
    finished("predict", news, "-o", output, "--resume")


def test_a_run_that_is_killed_takes_its_processes_along(news, tmp_path):
    process = command("predict", news, "-o", tmp_path / "out.jsonl", "--jobs", 2)
    while whole_parts(tmp_path / "out.jsonl") < 2:
        time.sleep(0.002)
    process.kill()
    process.communicate(timeout=30)  # ends when nobody is left who could write


def test_a_full_disk_keeps_what_is_done(news, tmp_path):
    output, limit = tmp_path / "out.jsonl", 3_000_000  # bytes of a file; more than a part, less than all of them
    process = command(
        "predict", news, "-o", output, "--all",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1 and "cannot write" in err and "File too large" in err and "Traceback" not in err
    assert not output.exists() and whole_parts(output) == 25
    finished("predict", news, "-o", output, "--all", "--resume")
    assert len(output.read_bytes().splitlines()) == 24_500


@pytest.fixture
def begun(news, tmp_path):
    """An output whose run was killed."""
    output = tmp_path / "out.jsonl"
    interrupted(command("predict", news, "-o", output), output, 2, signal.SIGKILL)
    return output


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(parts, "BATCHES", 1)


def test_an_interrupted_run_is_not_lost_by_forgetting_resume(news, begun, run):
    kept = whole_parts(begun)
    result = run("predict", news, "-o", begun)
    assert result.code == 2 and "add --resume to go on with it, or delete" in result.err and whole_parts(begun) == kept


@pytest.mark.parametrize(
    "change", [["--all"], ["--min-probability", "0.9"], ["--keep", "n"], ["--text-column", "id"], ["--format", "csv"]]
)
def test_another_run_cannot_be_resumed(news, begun, run, change):
    result = run("predict", news, "-o", begun, "--resume", *change)
    assert result.code == 2 and "had other input, options or another model" in result.err


def test_nor_one_whose_input_has_changed(news, begun, run, tmp_path):
    news.touch()
    assert "had other input" in run("predict", news, "-o", begun, "--resume").err


def test_resume_without_an_interrupted_run_just_runs(run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    result = run("predict", tmp_path / "a.txt", "-o", tmp_path / "out.jsonl", "--resume")
    assert result.code == 0 and "1 article tagged" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out.jsonl"]


def test_resume_without_an_output_is_refused(run):
    result = run("predict", "--resume", "-")
    assert result.code == 2 and "--resume needs --output" in result.err
