"""Long runs: what an interruption leaves behind, and that a resumed run gives what an undisturbed one does."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

from classifier.data import resumable
from classifier.data.articles import BATCH, batched
from tests.conftest import TEXTS

COMMAND = (
    "import sys; from classifier.__main__ import main; from classifier.data import resumable; "
    "resumable.PART = 1; sys.argv[0] = 'news-topics'; main()"
)


def write_table(path, articles):
    rows = [{"id": number, "text": f"{TEXTS[number % 5]} {number}", "n": number} for number in range(articles)]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    """A table with enough articles for 15 parts of one batch."""
    return write_table(tmp_path_factory.mktemp("long") / "news.csv", 15 * BATCH - 500)


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
@pytest.mark.parametrize("option", ["--all", "--long"])
@pytest.mark.parametrize("ending, read", [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_the_parts_of_a_table_are_joined_too(tmp_path, run, monkeypatch, ending, read, option):
    monkeypatch.setattr(resumable, "PART", 1)
    news = write_table(tmp_path / "news.csv", 7 * BATCH - 500)
    output, expected = tmp_path / f"out.{ending}", tmp_path / f"expected.{ending}"
    assert run("predict", news, "-o", expected, option).code == 0
    kill(start("predict", news, "-o", output, option), output, 3)
    assert run("predict", news, "-o", output, option, "--resume").code == 0
    assert output.read_bytes() == expected.read_bytes()
    assert read(output).id.nunique() == 6_500


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
    assert last == "news-topics: interrupted" and not output.exists()
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
    assert not output.exists() and complete_parts(output) == 15
    finish("predict", news, "-o", output, "--all", "--resume")
    assert len(output.read_bytes().splitlines()) == 14_500


@pytest.fixture(scope="module")
def killed(news, tmp_path_factory):
    """The output of a run that was killed."""
    output = tmp_path_factory.mktemp("killed") / "out.jsonl"
    kill(start("predict", news, "-o", output), output, 2)
    return output


@pytest.fixture
def interrupted(killed, tmp_path, monkeypatch):
    """A copy of that output; runs in this process have parts of the same size."""
    monkeypatch.setattr(resumable, "PART", 1)
    shutil.copytree(killed.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / killed.name


def test_an_interrupted_run_is_not_overwritten_without_resume(news, interrupted, run):
    before = complete_parts(interrupted)
    result = run("predict", news, "-o", interrupted)
    assert result.code == 2 and "continue it with --resume, or start again with --force" in result.err
    assert complete_parts(interrupted) == before > 0


def test_an_interrupted_run_is_dropped_with_force(interrupted, run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    result = run("predict", tmp_path / "a.txt", "-o", interrupted, "--force")
    assert result.code == 0 and "1 article tagged" in result.err
    assert len(interrupted.read_bytes().splitlines()) == 1 and complete_parts(interrupted) == 0


def test_another_run_cannot_be_resumed(news, interrupted, run):
    changes = [["--all"], ["--min-probability", "0.9"], ["--keep", "n"], ["--text-column", "id"], ["--format", "csv"]]
    for change in changes:
        result = run("predict", news, "-o", interrupted, "--resume", *change)
        assert result.code == 2 and "had other options or another model" in result.err


def test_a_run_with_other_rules_labels_or_topics_cannot_be_resumed(news, interrupted, run, tmp_path):
    (tmp_path / "rules.toml").write_text('[[rule]]\ntopic = "sport"\naction = "block"')
    (tmp_path / "labels.csv").write_text("id,topics\n1,sport\n")
    for change in (["--rules", tmp_path / "rules.toml"], ["--labels", tmp_path / "labels.csv"], ["--only", "sport"]):
        result = run("predict", news, "-o", interrupted, "--resume", *change)
        assert result.code == 2 and "had other options or another model" in result.err


@pytest.mark.parametrize("damage", ["", "[" * 100_000, "{}", "\0"])
def test_a_run_whose_notes_are_damaged_cannot_be_resumed(news, interrupted, run, damage):
    (interrupted.parent / f".{interrupted.name}.parts" / "run.json").write_text(damage)
    result = run("predict", news, "-o", interrupted, "--resume")
    assert result.code == 2 and "start again with --force" in result.err


def test_a_run_that_has_lost_a_part_cannot_be_resumed(news, interrupted, run):
    parts = sorted((interrupted.parent / f".{interrupted.name}.parts").glob("[0-9]*"))
    parts[-1].rename(parts[-1].with_name("000000009000-000000010000-0-00000000"))
    result = run("predict", news, "-o", interrupted, "--resume")
    assert result.code == 2 and "lacks answers before 000000009000" in result.err


def test_articles_that_changed_are_noticed_although_size_and_time_are_kept(news, interrupted, run):
    status, before = news.stat(), news.read_bytes()
    try:
        news.write_bytes(before.replace("Хоккеисты".encode(), "Хоккеиста".encode(), 1))
        os.utime(news, ns=(status.st_atime_ns, status.st_mtime_ns))
        result = run("predict", news, "-o", interrupted, "--resume")
    finally:
        news.write_bytes(before)
    assert result.code == 2 and "the input is not that of the interrupted run" in result.err


def test_standard_input_is_resumed_only_if_it_is_the_same(news, tmp_path):
    lines = pd.read_csv(news).to_json(orient="records", lines=True, force_ascii=False)
    stdin, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    stdin.write_text(lines, encoding="utf-8")
    with stdin.open() as file:
        kill(start("predict", "-o", output, stdin=file), output, 2)
    other = run_with_input(lines.replace("Хоккеисты", "Хоккеиста", 1), output)
    assert other.returncode == 2 and "the input is not that of the interrupted run" in other.stderr
    short = run_with_input(lines[: lines.index("\n") + 1], output)
    assert short.returncode == 2 and "the input is not that of the interrupted run" in short.stderr
    same = run_with_input(lines, output)
    assert same.returncode == 0 and len(output.read_bytes().splitlines()) == 14_500


def run_with_input(content, output):
    command = [sys.executable, "-c", COMMAND, "predict", "-o", str(output), "--resume"]
    return subprocess.run(command, input=content, capture_output=True, encoding="utf-8", timeout=60)


def test_two_runs_do_not_write_one_file(news, tmp_path):
    output = tmp_path / "out.jsonl"
    first = start("predict", news, "-o", output)
    wait_for_parts(first, output, 1)
    first.send_signal(signal.SIGSTOP)  # a quick first run would end before the second starts
    second = start("predict", news, "-o", output, "--force")
    _, err = second.communicate(timeout=60)
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=60)
    assert second.returncode == 1 and "another run is writing" in err
    assert first.returncode == 0 and len(output.read_bytes().splitlines()) == 14_500


def test_a_run_killed_while_it_removes_its_parts_has_its_result(news, tmp_path, run, monkeypatch):
    output = tmp_path / "out.jsonl"
    monkeypatch.setattr(resumable, "PART", 1)

    def killed(folder, **_):
        next(folder.glob("[0-9]*"), folder / "run.json").unlink(missing_ok=True)

    monkeypatch.setattr(resumable.shutil, "rmtree", killed)
    assert run("predict", news, "-o", output).code == 0
    before = output.read_bytes()
    monkeypatch.undo()
    again = run("predict", news, "-o", output, "--resume")
    assert "there is no interrupted run" in again.err and "14,500 articles tagged" in again.err
    assert output.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_the_count_of_a_resumed_run_is_that_of_the_file(tmp_path, run, monkeypatch):
    """Killed between the last part, which is not full, and the joined file."""
    monkeypatch.setattr(resumable, "PART", 1)
    news, output = write_table(tmp_path / "news.csv", 1500), tmp_path / "out.jsonl"
    with monkeypatch.context() as patch:
        patch.setattr(resumable.ResumableOutput, "join", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run("predict", news, "-o", output)
    result = run("predict", news, "-o", output, "--resume")
    assert "continuing after 1,500 articles" in result.err and "1,500 articles tagged" in result.err
    assert "300 articles not judged" in result.err and len(output.read_bytes().splitlines()) == 1500


def test_an_interruption_before_the_first_part_is_full_keeps_what_is_done(tmp_path, run, monkeypatch):
    """A part has 20 batches; the interruption comes after two."""
    news, output = write_table(tmp_path / "news.csv", 4500), tmp_path / "out.parquet"
    with monkeypatch.context() as patch:
        patch.setattr("classifier.tagging.batches.batched", two_batches)
        stopped = run("predict", news, "-o", output)
    assert stopped.code == 130 and "the answers to 2,000 articles are safe" in stopped.err
    result = run("predict", news, "-o", output, "--resume")
    assert "continuing after 2,000 articles" in result.err and len(pd.read_parquet(output)) == 4500


def two_batches(articles):
    yield from islice(batched(articles), 2)
    raise KeyboardInterrupt


def test_a_header_of_two_lines_occurs_once(tmp_path, run, monkeypatch):
    monkeypatch.setattr(resumable, "PART", 1)
    table = pd.DataFrame({"text": [TEXTS[0]] * 2500, "дата\nи время": range(2500)})
    table.to_csv(tmp_path / "news.csv", index=False)
    assert run("predict", tmp_path / "news.csv", "-o", tmp_path / "out.csv", "--keep", "дата\nи время").code == 0
    assert pd.read_csv(tmp_path / "out.csv")["дата\nи время"].tolist() == list(range(2500))


def test_resume_without_an_interrupted_run_starts_from_the_beginning(run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    result = run("predict", tmp_path / "a.txt", "-o", tmp_path / "out.jsonl", "--resume")
    assert result.code == 0 and "1 article tagged" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "out.jsonl"]


def test_resume_without_an_output_is_refused(run):
    result = run("predict", "--resume", "-")
    assert result.code == 2 and "--resume needs a file for --output" in result.err
