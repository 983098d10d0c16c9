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

from classifier.data import resumable
from classifier.data.articles import BATCH
from tests.conftest import TEXTS

COMMAND = (
    "import sys; from classifier.cli import main; from classifier.data import resumable; "
    "resumable.PART = 1; sys.argv[0] = 'news-topics'; main()"
)


def write_table(path, articles):
    rows = [{"id": number, "text": f"{TEXTS[number % 5]} {number}", "n": number} for number in range(articles)]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """A table with enough articles for 25 parts of one batch."""
    return write_table(tmp_path_factory.mktemp("long") / "news.csv", 25 * BATCH - 500)


def start(*arguments, **options):
    """Start the command, with parts of one batch, in a process of its own."""
    command = [sys.executable, "-c", COMMAND, *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8", **options)


def finish(*arguments):
    """Run the command to its end, and return its messages."""
    process = start(*arguments)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return err


def complete_parts(output):
    return len(list((output.parent / f".{output.name}.parts").glob("[0-9]*")))


def wait_for_parts(process, output, number):
    """Wait until so many parts are complete, or the process has ended."""
    while process.poll() is None and complete_parts(output) < number:
        time.sleep(0.002)


def kill(process, output, number):
    """Kill a process a random moment after so many parts are complete, unless it has ended; return its exit code."""
    wait_for_parts(process, output, number)
    time.sleep(random.uniform(0, 0.03))
    process.kill()
    process.communicate(timeout=120)
    return process.returncode


@pytest.mark.slow
def test_a_run_killed_at_ten_random_moments_gives_the_same_file_as_an_undisturbed_one(news, tmp_path):
    output, expected = tmp_path / "out.jsonl", tmp_path / "expected.jsonl"
    finish("predict", news, "-o", expected, "--keep", "n")
    for _ in range(10):
        process = start("predict", news, "-o", output, "--keep", "n", "--resume")
        code = kill(process, output, complete_parts(output) + random.choice([0, 1]))
        assert code == -signal.SIGKILL and not output.exists()
    err = finish("predict", news, "-o", output, "--keep", "n", "--resume")
    assert "continuing after" in err and "24,500 articles tagged" in err
    assert output.read_bytes() == expected.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["expected.jsonl", "out.jsonl"]


@pytest.mark.slow
@pytest.mark.parametrize("ending, read", [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_the_parts_of_a_table_are_joined_too(tmp_path, ending, read):
    news = write_table(tmp_path / "news.csv", 7 * BATCH - 500)
    output, expected = tmp_path / f"out.{ending}", tmp_path / f"expected.{ending}"
    finish("predict", news, "-o", expected, "--all")
    kill(start("predict", news, "-o", output, "--all"), output, 3)
    finish("predict", news, "-o", output, "--all", "--resume")
    assert output.read_bytes() == expected.read_bytes()
    assert len(read(output)) == 6_500


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_soon_with_a_message_and_keeps_the_complete_parts(news, tmp_path, jobs):
    output = tmp_path / "out.jsonl"
    process = start("predict", news, "-o", output, "--jobs", jobs, start_new_session=True)
    wait_for_parts(process, output, 2)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the workers as well
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    safe, last = filter(None, err.splitlines())  # click ends the line of ^C
    assert safe.endswith("articles are safe: the same command with --resume continues from there")
    assert last == "news-topics: interrupted; no file was written" and not output.exists()
    assert f"the answers to {complete_parts(output) * BATCH:,} articles" in safe and complete_parts(output) >= 2


def test_a_killed_worker_fails_the_run_and_the_complete_parts_stay(news, tmp_path):
    output = tmp_path / "out.jsonl"
    process = start("predict", news, "-o", output, "--jobs", 2)
    wait_for_parts(process, output, 2)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    workers = [child for child in children if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()]
    os.kill(int(workers[0]), signal.SIGKILL)  # as the system does when memory is short
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "a process ended before its work was done" in err
    assert "--resume continues from there" in err
    finish("predict", news, "-o", output, "--resume")


def test_the_workers_of_a_killed_run_end_too(news, tmp_path):
    process = start("predict", news, "-o", tmp_path / "out.jsonl", "--jobs", 2)
    wait_for_parts(process, tmp_path / "out.jsonl", 2)
    process.kill()
    process.communicate(timeout=30)  # returns when no process is left that could write to the pipe


@pytest.mark.slow
def test_a_full_disk_keeps_the_complete_parts(news, tmp_path):
    output, limit = tmp_path / "out.jsonl", 3_000_000  # bytes of a file: more than a part, less than all of them
    process = start(
        "predict", news, "-o", output, "--all",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1 and "cannot write" in err and "File too large" in err and "Traceback" not in err
    assert not output.exists() and complete_parts(output) == 25
    finish("predict", news, "-o", output, "--all", "--resume")
    assert len(output.read_bytes().splitlines()) == 24_500


@pytest.fixture
def interrupted(news, tmp_path, monkeypatch):
    """The output of a run that was killed; runs in this process have parts of the same size."""
    monkeypatch.setattr(resumable, "PART", 1)
    output = tmp_path / "out.jsonl"
    kill(start("predict", news, "-o", output), output, 2)
    return output


def test_an_interrupted_run_is_not_overwritten_without_resume(news, interrupted, run):
    before = complete_parts(interrupted)
    result = run("predict", news, "-o", interrupted)
    assert result.code == 2 and "add --resume to continue it, or delete" in result.err
    assert complete_parts(interrupted) == before > 0


def test_another_run_cannot_be_resumed(news, interrupted, run):
    changes = [["--all"], ["--min-probability", "0.9"], ["--keep", "n"], ["--text-column", "id"], ["--format", "csv"]]
    for change in changes:
        result = run("predict", news, "-o", interrupted, "--resume", *change)
        assert result.code == 2 and "had other input, options or another model" in result.err
    news.touch()
    assert "had other input" in run("predict", news, "-o", interrupted, "--resume").err


def test_resume_without_an_interrupted_run_starts_from_the_beginning(run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    result = run("predict", tmp_path / "a.txt", "-o", tmp_path / "out.jsonl", "--resume")
    assert result.code == 0 and "1 article tagged" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out.jsonl"]


def test_resume_without_an_output_is_refused(run):
    result = run("predict", "--resume", "-")
    assert result.code == 2 and "--resume needs --output" in result.err
